/* What programs ask about the readiness of NECP fds: poll and select, in every spelling.
 *
 * A record is made for each NECP fd among those that were asked about. The calls themselves are
 * made by linux.c and darwin.c.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "capture.h"

#define POLLED_AT_ONCE 64
#define MOST_POLLED 4096

static void record_readiness(enum recorded_call call, const uint64_t arguments[3]) {
    struct record record;
    if (record_begin(&record, call)) {
        record_call_starts(&record);
        for (int i = 0; i < 3; i++) {
            record_argument(&record, i, arguments[i]);
        }
        record_call_ended(&record, 0, 0);
        record_finish(&record);
    }
}

void polled_after(const struct pollfd *fds, unsigned long count, int result) {
    if (result < 0 || !descriptors_are_noted() || !log_is_open()) {
        return;
    }
    int error = errno;
    struct pollfd polled[POLLED_AT_ONCE];
    uint32_t process = system_process();
    for (unsigned long i = 0; i < count && i < MOST_POLLED; i += POLLED_AT_ONCE) {
        unsigned long here = count - i < POLLED_AT_ONCE ? count - i : POLLED_AT_ONCE;
        const struct copy copy = {polled, fds + i, here * sizeof *polled};
        unsigned long got = memory_read(process, &copy) / sizeof *polled;
        for (unsigned long k = 0; k < got; k++) {
            if (descriptor_kind(polled[k].fd) == DESCRIPTOR_NECP) {
                const uint64_t arguments[3] = {(uint64_t)polled[k].fd,
                                               (uint16_t)polled[k].events,
                                               (uint16_t)polled[k].revents};
                record_readiness(CALL_POLL, arguments);
            }
        }
    }
    errno = error;
}

/* The bytes of a set that hold `count` fds, as far as they are looked at. */
static size_t set_bytes(int count) {
    int most = count < MOST_SELECTED ? count : MOST_SELECTED;
    return most <= 0 ? 0 : ((size_t)most + 7) / 8;
}

void selection_before(struct selection *selection, int count, const void *const sets[3]) {
    selection->count = 0;
    if (!descriptors_are_noted() || !log_is_open()) {
        return;
    }
    int error = errno;
    uint32_t process = system_process();
    selection->count = count;
    memset(selection->asked, 0, sizeof selection->asked);
    for (int which = 0; which < 3; which++) {
        selection->sets[which] = sets[which];
        if (sets[which] != NULL) {
            const struct copy copy = {selection->asked[which], sets[which], set_bytes(count)};
            memory_read(process, &copy);
        }
    }
    errno = error;
}

void selection_after(const struct selection *selection, int result) {
    size_t bytes = set_bytes(selection->count);
    if (result < 0 || bytes == 0) {
        return;
    }
    int error = errno;
    uint32_t process = system_process();
    for (int which = 0; which < 3; which++) {
        unsigned char found[MOST_SELECTED / 8] = {0};
        const struct copy copy = {found, selection->sets[which], bytes};
        if (selection->sets[which] == NULL || memory_read(process, &copy) != bytes) {
            continue;
        }
        for (int fd = 0; fd < selection->count && fd < MOST_SELECTED; fd++) {
            int bit = 1 << fd % 8;
            if ((selection->asked[which][fd / 8] & bit) != 0 &&
                descriptor_kind(fd) == DESCRIPTOR_NECP) {
                const uint64_t arguments[3] = {(uint64_t)fd, (uint64_t)which,
                                               (found[fd / 8] & bit) != 0};
                record_readiness(CALL_SELECT, arguments);
            }
        }
    }
    errno = error;
}
