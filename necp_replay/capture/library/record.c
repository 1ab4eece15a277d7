/* Makes a record of one call in a slot, and appends it to the recording.
 *
 * Nothing here waits, allocates, or is unsafe in a signal handler. Bytes of the program are copied
 * by the system, which says where there is no memory.
 */
#include <errno.h>
#include <string.h>

#include "capture.h"

#define PADDED(bytes) (((bytes) + 7u) & ~7u)

static struct record_head *head_of(struct record *record) {
    return (struct record_head *)(void *)record->slot;
}

bool record_begin(struct record *record, enum recorded_call call) {
    if (!log_is_open()) {
        return false;
    }
    int error = errno;
    record->slot = slot_take(&record->slot_number);
    errno = error;
    if (record->slot == NULL) {
        log_lose();
        return false;
    }
    struct record_head *head = head_of(record);
    memset(head, 0, sizeof *head);
    head->call = (uint16_t)call;
    record->used = sizeof *head;
    record->process = system_process();
    return true;
}

void record_argument(struct record *record, int number, uint64_t value) {
    head_of(record)->arguments[number] = value;
}

/* Add a buffer to the record, if there is room for its bytes. */
static void add_buffer(struct record *record, struct record_buffer head,
                                        const void *content) {
    struct record_buffer *buffer = (void *)(record->slot + record->used);
    if (record->used + sizeof head + PADDED(head.bytes) > RECORD_LIMIT_BYTES - 64) {
        return;
    }
    *buffer = head;
    unsigned char *at = (unsigned char *)(buffer + 1);
    memcpy(at, content, head.bytes);
    memset(at + head.bytes, 0, PADDED(head.bytes) - head.bytes);
    record->used += sizeof head + PADDED(head.bytes);
    head_of(record)->buffers++;
}

static const struct record_buffer *found_before(struct record *record, int which) {
    const struct record_head *head = head_of(record);
    const unsigned char *at = record->slot + sizeof *head;
    for (int i = 0; i < head->buffers; i++) {
        const struct record_buffer *buffer = (const void *)at;
        if (buffer->which == which && !buffer->after) {
            return buffer;
        }
        at += sizeof *buffer + PADDED(buffer->bytes);
    }
    return NULL;
}

/* The bytes that were recorded of a buffer before the call, and how many they are. */
const unsigned char *record_found(struct record *record, int which, uint32_t *bytes) {
    const struct record_buffer *buffer = found_before(record, which);
    *bytes = buffer == NULL ? 0 : buffer->bytes;
    return buffer == NULL ? NULL : (const unsigned char *)(buffer + 1);
}

/* Copy what the program passed to the room behind the record. `got` says how much there was. */
static void read_passed(struct record *record, const struct passed *passed, unsigned count,
                        size_t got[MOST_BUFFERS]) {
    struct copy copies[MOST_BUFFERS] = {{NULL, NULL, 0}};
    for (unsigned i = 0; i < count; i++) {
        uint64_t wanted = passed[i].address == NULL ? 0 : passed[i].wanted;
        copies[i].to = record->slot + RECORD_LIMIT_BYTES + i * BUFFER_LIMIT_BYTES;
        copies[i].from = passed[i].address;
        copies[i].bytes = wanted > BUFFER_LIMIT_BYTES ? BUFFER_LIMIT_BYTES : (size_t)wanted;
        got[i] = copies[i].bytes;
    }
    if (memory_read_all(record->process, copies, count)) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        got[i] = memory_read(record->process, &copies[i]);
    }
}

static void record_passed(struct record *record, const struct passed *passed, unsigned count,
                          bool after, bool has_faulted) {
    size_t got[MOST_BUFFERS];
    read_passed(record, passed, count, got);
    for (unsigned i = 0; i < count; i++) {
        if (passed[i].address == NULL) {
            continue;
        }
        const unsigned char *content = record->slot + RECORD_LIMIT_BYTES + i * BUFFER_LIMIT_BYTES;
        struct record_buffer head = {.which = (uint8_t)passed[i].which,
                                     .after = after,
                                     .bytes = (uint32_t)got[i],
                                     .wanted = passed[i].wanted};
        if (got[i] < passed[i].wanted) {
            head.flags = got[i] == BUFFER_LIMIT_BYTES ? BUFFER_CUT : BUFFER_FAULT;
        }
        const struct record_buffer *before = after ? found_before(record, head.which) : NULL;
        if (before != NULL && before->bytes == head.bytes && before->wanted == head.wanted &&
            memcmp(before + 1, content, head.bytes) == 0) {
            head.flags |= BUFFER_UNCHANGED;
            if (has_faulted && memory_is_readonly(passed[i].address, head.bytes)) {
                head.flags |= BUFFER_READONLY;
            }
            head.bytes = 0;
        }
        add_buffer(record, head, content);
    }
}

/* Record buffers before the call. */
void record_before(struct record *record, const struct passed *passed, unsigned count) {
    record_passed(record, passed, count, false, false);
}

/* Record buffers after the call, if they are not as before. After a fault, also whether they can be
 * written. */
void record_after(struct record *record, const struct passed *passed, unsigned count,
                  bool has_faulted) {
    record_passed(record, passed, count, true, has_faulted);
}

/* Record bytes that are the library's own. */
void record_bytes(struct record *record, int which, const void *content, uint32_t bytes) {
    struct record_buffer head = {
        .which = (uint8_t)which, .after = 1, .bytes = bytes, .wanted = bytes};
    add_buffer(record, head, content);
}

void record_call_starts(struct record *record) {
    struct record_head *head = head_of(record);
    head->process = record->process;
    head->thread = system_thread(record->process);
    head->begin_ns = system_time_ns();
    head->begin_ticket = log_ticket();
}

void record_call_ended(struct record *record, int64_t result, int error) {
    struct record_head *head = head_of(record);
    head->end_ticket = log_ticket();
    head->end_ns = system_time_ns();
    head->result = result;
    head->error = result == -1 ? error : 0;
}

void record_finish(struct record *record) {
    struct record_head *head = head_of(record);
    size_t bytes = record->used + sizeof head->mark;
    bytes = (bytes + RECORD_ALIGNMENT - 1) & ~(size_t)(RECORD_ALIGNMENT - 1);
    memset(record->slot + record->used, 0, bytes - record->used);
    head->bytes = (uint32_t)bytes;
    log_append(record->slot, head->bytes);
    slot_give_back(record->slot, record->slot_number);
}
