/* The recording: a file that is mapped, so that the library keeps no fd which the program could
 * see, and that a program which is killed leaves as it was at that moment.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture.h"

/* The smallest page of any system. */
#define PAGE_BYTES 4096u
#define PAGES_AHEAD 64u

static struct recording_header *_Atomic log_header;
static uint64_t log_bytes;
/* The pages before this place are there, as far as this process writes to them. */
static _Atomic uint64_t log_is_there;

/* Map the recording that the environment names. Without one nothing is recorded. */
void log_open(void) {
    const char *path = getenv(SETTING);
    if (path == NULL || log_is_open()) {
        return;
    }
    int error = errno;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    struct recording_header head;
    if (fd >= 0 && pread(fd, &head, sizeof head, 0) == (ssize_t)sizeof head &&
        head.magic == RECORDING_MAGIC && head.version == RECORDING_VERSION &&
        head.file_bytes >= RECORDING_HEADER_BYTES && head.file_bytes <= SIZE_MAX &&
        lseek(fd, 0, SEEK_END) == (off_t)head.file_bytes) {
        /* A program whose memory is limited maps the beginning alone. */
        void *mapped = MAP_FAILED;
        log_bytes = head.file_bytes;
        while (mapped == MAP_FAILED && log_bytes >= RECORDING_HEADER_BYTES) {
            mapped = mmap(NULL, (size_t)log_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            log_bytes = mapped == MAP_FAILED ? log_bytes / 2 & ~(uint64_t)(PAGE_BYTES - 1)
                                             : log_bytes;
        }
        if (mapped != MAP_FAILED) {
            atomic_store(&log_is_there, head.used & ~(uint64_t)(PAGE_BYTES - 1));
            atomic_store(&log_header, mapped);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    errno = error;
}

bool log_is_open(void) { return atomic_load_explicit(&log_header, memory_order_relaxed) != NULL; }

/* Count a call that is not recorded. */
void log_lose(void) { atomic_fetch_add(&atomic_load(&log_header)->lost, 1); }

/* Number a moment: what was numbered earlier, in any process, was earlier. */
uint64_t log_ticket(void) { return atomic_fetch_add(&atomic_load(&log_header)->tickets, 1); }

/* Whether there is room on the disk for what is written next: without it, writing to the mapping
 * would end the program. The system gives each page its place once. */
static bool has_room(unsigned char *start, uint64_t offset, uint64_t end) {
    uint64_t known = atomic_load(&log_is_there);
    if (end <= known) {
        return true;
    }
    /* Other processes may have written much in between. */
    bool is_near = offset < known + PAGES_AHEAD * PAGE_BYTES;
    uint64_t from = is_near ? known : offset & ~(uint64_t)(PAGE_BYTES - 1);
    for (uint64_t page = from; page < end; page += PAGE_BYTES) {
        if (!memory_is_there(start + page)) {
            return false;
        }
    }
    uint64_t next = (end + PAGE_BYTES - 1) & ~(uint64_t)(PAGE_BYTES - 1);
    while (is_near && known < next &&
           !atomic_compare_exchange_weak(&log_is_there, &known, next)) {
    }
    return true;
}

/* Append a finished record. Its mark goes to both ends; the last one says that it is whole, and is
 * written last. */
void log_append(unsigned char *content, uint32_t bytes) {
    struct recording_header *header = atomic_load(&log_header);
    unsigned char *start = (unsigned char *)header;
    uint64_t offset = atomic_load(&header->used);
    do {
        if (offset > log_bytes || log_bytes - offset < bytes) {
            atomic_fetch_add(&header->lost, 1);
            return;
        }
    } while (!atomic_compare_exchange_weak(&header->used, &offset, offset + bytes));
    if (!has_room(start, offset, offset + bytes)) {
        atomic_fetch_add(&header->lost, 1);
        return;
    }
    uint64_t mark = header->nonce ^ offset;
    memcpy(content, &mark, sizeof mark);
    memcpy(start + offset, content, bytes - sizeof mark);
    _Atomic uint64_t *last = (void *)(start + offset + bytes - sizeof mark);
    atomic_store_explicit(last, mark, memory_order_release);
}
