/* The layout of a recording: what the library writes, and recording.py reads.
 *
 * A recording is a file of fixed size that processes map and share. It begins with a header.
 * A record is a multiple of 16 bytes: a head, arguments, buffers, and at last its mark once more.
 * Records are reserved by adding to `used`, so that any number of threads and processes write at
 * once. One that was reserved and not finished lacks the mark at its end. All numbers are
 * little-endian.
 */
#ifndef NECP_CAPTURE_RECORDING_H
#define NECP_CAPTURE_RECORDING_H

#include <stdatomic.h>
#include <stdint.h>

#define RECORDING_MAGIC 0x315041435043454eULL /* "NECPCAP1" */
#define RECORDING_VERSION 1
#define RECORDING_HEADER_BYTES 4096
#define RECORD_ALIGNMENT 16

struct recording_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes;
    uint64_t nonce; /* a record's mark is this, exclusive-or its place in the file */
    uint64_t file_bytes;
    _Atomic uint64_t used;    /* where the next record goes */
    _Atomic uint64_t tickets; /* how many moments were numbered */
    _Atomic uint64_t lost;    /* calls that were not recorded: the file is full */
};

enum recorded_call {
    CALL_NECP_OPEN = 1,
    CALL_NECP_CLIENT_ACTION = 2,
    CALL_NECP_SESSION_OPEN = 3,
    CALL_NECP_SESSION_ACTION = 4,
    CALL_NECP_MATCH_POLICY = 5,
    CALL_NETAGENT_TRIGGER = 6,
    CALL_CLOSE = 7,
    CALL_POLL = 8,       /* one for each NECP fd among those polled: fd, events, revents */
    CALL_KEVENT = 9,     /* one for each event of a NECP fd: fd, filter, flags */
    CALL_SETSOCKOPT = 10,
    CALL_GETSOCKOPT = 11,
    CALL_CONNECT = 12,
    CALL_BEGINS = 13,    /* a program begins in a process: parent, user, limit of fds */
    CALL_FORKED = 14,    /* a process begins as a copy of another: parent */
    CALL_EXITS = 15,     /* a process ends by itself */
    CALL_SELECT = 16,    /* one for each NECP fd in each set: fd, which set (0 read, 1 write, 2
                            exceptions), whether it was found ready */
};

#define RECORD_ARGUMENTS 8

struct record_head {
    uint64_t mark;
    uint32_t bytes;
    uint16_t call;
    uint16_t buffers;
    uint64_t begin_ticket;
    uint64_t end_ticket;
    uint64_t begin_ns;
    uint64_t end_ns;
    uint64_t thread;
    uint32_t process;
    int32_t error;
    int64_t result;
    uint64_t arguments[RECORD_ARGUMENTS];
};

/* What was found out about a buffer. */
#define BUFFER_FAULT 0x1     /* the memory ends after `bytes` */
#define BUFFER_CUT 0x2       /* there is more than is recorded */
#define BUFFER_READONLY 0x4  /* it cannot be written */
#define BUFFER_UNCHANGED 0x8 /* after the call it holds what it held before; no bytes follow */

/* Whose bytes they are. Numbers below 8 are those of an argument. */
#define BUFFER_LOCAL_NAME 8  /* getsockname of the socket, after the call */
#define BUFFER_REMOTE_NAME 9 /* getpeername of it */
#define BUFFER_PATH 10       /* the path of the program that begins */
#define BUFFER_IMAGE_ID 11   /* its uuid, LC_UUID */
#define BUFFER_BEHIND 16     /* what a pointer in the argument's buffer leads to: 16 + argument */

struct record_buffer {
    uint8_t which;
    uint8_t after; /* 0: as it was before the call, 1: after it */
    uint16_t flags;
    uint32_t bytes;  /* how many follow, padded to 8 */
    uint64_t wanted; /* how many were looked for */
};

#endif
