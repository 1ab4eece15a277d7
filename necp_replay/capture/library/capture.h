/* What the files of the library share. See recording.h for what is written. */
#ifndef NECP_CAPTURE_CAPTURE_H
#define NECP_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording.h"

/* The most bytes that are recorded of one buffer, once before a call and once after it. */
#define BUFFER_LIMIT_BYTES 65536u
/* The room for one record: three buffers before and after a call, and what is around them. Behind
 * it is room for what is read at once. */
#define MOST_BUFFERS 3u
#define RECORD_LIMIT_BYTES (2u * MOST_BUFFERS * BUFFER_LIMIT_BYTES + 4096u)
#define SLOT_BYTES (RECORD_LIMIT_BYTES + MOST_BUFFERS * BUFFER_LIMIT_BYTES)

#define SETTING "NECP_REPLAY_CAPTURE"

/* A record that is being made. It is part of the memory of no other call. */
struct record {
    unsigned char *slot;
    size_t used;
    int slot_number;
    uint32_t process; /* the one that makes the call */
};

/* A buffer that the program passed. NULL is no buffer. */
struct passed {
    int which;
    const void *address;
    uint64_t wanted;
};

/* Memory to copy. */
struct copy {
    void *to;
    const void *from;
    size_t bytes;
};

/* record.c */
bool record_begin(struct record *record, enum recorded_call call);
void record_argument(struct record *record, int number, uint64_t value);
void record_before(struct record *record, const struct passed *passed, unsigned count);
void record_after(struct record *record, const struct passed *passed, unsigned count,
                  bool has_faulted);
void record_bytes(struct record *record, int which, const void *content, uint32_t bytes);
void record_call_starts(struct record *record);
void record_call_ended(struct record *record, int64_t result, int error);
void record_finish(struct record *record);
const unsigned char *record_found(struct record *record, int which, uint32_t *bytes);

/* log.c */
void log_open(void);
bool log_is_open(void);
void log_append(unsigned char *content, uint32_t bytes);
uint64_t log_ticket(void);
void log_lose(void);

/* slots.c */
unsigned char *slot_take(int *number);
void slot_give_back(unsigned char *slot, int number);

/* descriptors.c */
enum descriptor_kind { DESCRIPTOR_OTHER = 0, DESCRIPTOR_NECP = 1, DESCRIPTOR_SOCKET = 2 };
void descriptor_note(int fd, enum descriptor_kind kind);
enum descriptor_kind descriptor_kind(int fd);
enum descriptor_kind descriptor_forget(int fd);
void descriptors_lose_necp(void);
bool descriptors_are_noted(void);

/* process.c */
bool process_is_known(void);
void process_begins(void);

/* calls.c: each records a call, and makes it through `real`. */
struct sockaddr;
struct pollfd;
struct real_calls {
    int (*necp_open)(int);
    int (*necp_client_action)(int, uint32_t, unsigned char *, size_t, uint8_t *, size_t);
    int (*necp_session_open)(int);
    int (*necp_session_action)(int, uint32_t, uint8_t *, size_t, uint8_t *, size_t);
    int (*necp_match_policy)(uint8_t *, size_t, void *);
    int (*netagent_trigger)(unsigned char *, size_t);
    int (*close)(int);
    int (*setsockopt)(int, int, int, const void *, uint32_t);
    int (*getsockopt)(int, int, int, void *, uint32_t *);
    int (*connect)(int, const struct sockaddr *, uint32_t);
};
/* The calls of the system, or of the library that is behind this one. */
const struct real_calls *real_calls(void);

int captured_necp_open(int flags);
int captured_necp_client_action(int fd, uint32_t action, unsigned char *client_id,
                                size_t client_id_len, uint8_t *buffer, size_t buffer_size);
int captured_necp_session_open(int flags);
int captured_necp_session_action(int fd, uint32_t action, uint8_t *in_buffer,
                                 size_t in_buffer_length, uint8_t *out_buffer,
                                 size_t out_buffer_length);
int captured_necp_match_policy(uint8_t *parameters, size_t parameters_size, void *result);
int captured_netagent_trigger(unsigned char *agent_uuid, size_t agent_uuid_length);
int captured_close(int fd, int (*real_close)(int));
int captured_setsockopt(int fd, int level, int name, const void *value, uint32_t length);
int captured_getsockopt(int fd, int level, int name, void *value, uint32_t *length);
int captured_connect(int fd, const struct sockaddr *address, uint32_t length);
void record_socket_names(struct record *record, int fd);

/* readiness.c */
void polled_after(const struct pollfd *fds, unsigned long count, int result);
/* What select asks, before it writes what it found in the same place. Higher fds are not looked
 * at. */
#define MOST_SELECTED 4096
struct selection {
    int count;
    const void *sets[3];
    unsigned char asked[3][MOST_SELECTED / 8];
};
void selection_before(struct selection *selection, int count, const void *const sets[3]);
void selection_after(const struct selection *selection, int result);

/* linux.c, darwin.c. Memory may not be there. */
size_t memory_read(uint32_t process, const struct copy *copy);
bool memory_read_all(uint32_t process, const struct copy *copies, unsigned count);
bool memory_is_there(unsigned char *page);
bool memory_is_readonly(const void *address, size_t bytes);
uint32_t system_process(void);
uint64_t system_thread(uint32_t process);
void record_program(struct record *record);
uint64_t system_time_ns(void);

#endif
