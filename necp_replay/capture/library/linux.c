/* How the library works on Linux: it is loaded first (LD_PRELOAD), and calls what comes behind it.
 *
 * Linux has no NECP. What comes behind is a library that stands in for it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"

#define EXPORTED __attribute__((visibility("default")))
#define PAGE_BYTES 4096u
#define PAGES_AT_ONCE 16

static int no_int(void) {
    errno = ENOSYS;
    return -1;
}

static void *behind(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    return found == NULL ? (void *)no_int : found;
}

static struct real_calls calls;
/* The calls about readiness, which other systems spell otherwise. */
static int (*real_poll)(struct pollfd *, nfds_t, int);
static int (*real_ppoll)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
static int (*real_select)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
static int (*real_pselect)(int, fd_set *, fd_set *, fd_set *, const struct timespec *,
                           const sigset_t *);
static _Atomic int calls_are_found;

const struct real_calls *real_calls(void) {
    if (!atomic_load_explicit(&calls_are_found, memory_order_acquire)) {
        /* Two threads may come here at once: both find the same. */
        int error = errno;
        *(void **)&calls.necp_open = behind("necp_open");
        *(void **)&calls.necp_client_action = behind("necp_client_action");
        *(void **)&calls.necp_session_open = behind("necp_session_open");
        *(void **)&calls.necp_session_action = behind("necp_session_action");
        *(void **)&calls.necp_match_policy = behind("necp_match_policy");
        *(void **)&calls.netagent_trigger = behind("netagent_trigger");
        *(void **)&calls.close = behind("close");
        *(void **)&real_poll = behind("poll");
        *(void **)&real_ppoll = behind("ppoll");
        *(void **)&real_select = behind("select");
        *(void **)&real_pselect = behind("pselect");
        *(void **)&calls.setsockopt = behind("setsockopt");
        *(void **)&calls.getsockopt = behind("getsockopt");
        *(void **)&calls.connect = behind("connect");
        errno = error;
        atomic_store_explicit(&calls_are_found, 1, memory_order_release);
    }
    return &calls;
}

__attribute__((constructor)) static void begin(void) {
    real_calls();
    process_begins();
}

EXPORTED int necp_open(int flags) { return captured_necp_open(flags); }

EXPORTED int necp_client_action(int fd, uint32_t action, unsigned char *client_id,
                                size_t client_id_len, uint8_t *buffer, size_t buffer_size) {
    return captured_necp_client_action(fd, action, client_id, client_id_len, buffer, buffer_size);
}

EXPORTED int necp_session_open(int flags) { return captured_necp_session_open(flags); }

EXPORTED int necp_session_action(int fd, uint32_t action, uint8_t *in_buffer,
                                 size_t in_buffer_length, uint8_t *out_buffer,
                                 size_t out_buffer_length) {
    return captured_necp_session_action(fd, action, in_buffer, in_buffer_length, out_buffer,
                                        out_buffer_length);
}

EXPORTED int necp_match_policy(uint8_t *parameters, size_t parameters_size, void *result) {
    return captured_necp_match_policy(parameters, parameters_size, result);
}

EXPORTED int netagent_trigger(unsigned char *agent_uuid, size_t agent_uuid_length) {
    return captured_netagent_trigger(agent_uuid, agent_uuid_length);
}

EXPORTED int close(int fd) { return captured_close(fd, real_calls()->close); }

EXPORTED int poll(struct pollfd *fds, nfds_t count, int timeout) {
    real_calls();
    int result = real_poll(fds, count, timeout);
    polled_after(fds, count, result);
    return result;
}

EXPORTED int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                   const sigset_t *mask) {
    real_calls();
    int result = real_ppoll(fds, count, timeout, mask);
    polled_after(fds, count, result);
    return result;
}

EXPORTED int select(int count, fd_set *restrict reads, fd_set *restrict writes,
                    fd_set *restrict others, struct timeval *restrict timeout) {
    real_calls();
    struct selection selection;
    selection_before(&selection, count, (const void *const[]){reads, writes, others});
    int result = real_select(count, reads, writes, others, timeout);
    selection_after(&selection, result);
    return result;
}

EXPORTED int pselect(int count, fd_set *restrict reads, fd_set *restrict writes,
                     fd_set *restrict others, const struct timespec *restrict timeout,
                     const sigset_t *restrict mask) {
    real_calls();
    struct selection selection;
    selection_before(&selection, count, (const void *const[]){reads, writes, others});
    int result = real_pselect(count, reads, writes, others, timeout, mask);
    selection_after(&selection, result);
    return result;
}

EXPORTED int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    return captured_setsockopt(fd, level, name, value, length);
}

EXPORTED int getsockopt(int fd, int level, int name, void *restrict value,
                        socklen_t *restrict length) {
    return captured_getsockopt(fd, level, name, value, length);
}

EXPORTED int connect(int fd, const struct sockaddr *address, socklen_t length) {
    return captured_connect(fd, address, length);
}

/* Whether eight bytes can be read: the system reads them before it refuses the first argument. */
static bool is_readable(const void *address) {
    return syscall(SYS_rt_sigprocmask, -1, address, NULL, 8) == -1 && errno == EINVAL;
}

/* Where the system does not copy for a process: look at every page before it is copied. */
static size_t read_looking(unsigned char *to, const unsigned char *from, size_t bytes) {
    size_t done = 0;
    while (done < bytes) {
        uintptr_t at = (uintptr_t)(from + done);
        size_t here = PAGE_BYTES - at % PAGE_BYTES;
        here = here < bytes - done ? here : bytes - done;
        if (!is_readable((const void *)(at & ~(uintptr_t)7))) {
            break;
        }
        memcpy(to + done, from + done, here);
        done += here;
    }
    return done;
}

static _Atomic int copies_are_refused;

static bool is_refused(void) {
    if (errno != EPERM && errno != ENOSYS && errno != EACCES) {
        return false;
    }
    atomic_store(&copies_are_refused, 1);
    return true;
}

/* Copy memory that may not be there, page by page. Returns how many bytes are there. */
size_t memory_read(uint32_t process, const struct copy *copy) {
    size_t done = 0;
    while (done < copy->bytes && !atomic_load(&copies_are_refused)) {
        struct iovec local = {(unsigned char *)copy->to + done, 0};
        struct iovec pages[PAGES_AT_ONCE];
        unsigned long count = 0;
        size_t left = copy->bytes - done;
        while (count < PAGES_AT_ONCE && local.iov_len < left) {
            uintptr_t at = (uintptr_t)copy->from + done + local.iov_len;
            size_t here = PAGE_BYTES - at % PAGE_BYTES;
            here = here < left - local.iov_len ? here : left - local.iov_len;
            pages[count++] = (struct iovec){(void *)at, here};
            local.iov_len += here;
        }
        ssize_t got = process_vm_readv((pid_t)process, &local, 1, pages, count, 0);
        if (got < 0 && is_refused()) {
            break;
        }
        done += got < 0 ? 0 : (size_t)got;
        if (got != (ssize_t)local.iov_len) {
            return done;
        }
    }
    return done + read_looking((unsigned char *)copy->to + done,
                               (const unsigned char *)copy->from + done, copy->bytes - done);
}

/* Copy all, or say that not all is there. */
bool memory_read_all(uint32_t process, const struct copy *copies, unsigned count) {
    struct iovec to[MOST_BUFFERS], from[MOST_BUFFERS];
    size_t wanted = 0;
    for (unsigned i = 0; i < count; i++) {
        to[i] = (struct iovec){copies[i].to, copies[i].bytes};
        from[i] = (struct iovec){(void *)(uintptr_t)copies[i].from, copies[i].bytes};
        wanted += copies[i].bytes;
    }
    return wanted == 0 ||
           (!atomic_load(&copies_are_refused) &&
            process_vm_readv((pid_t)process, to, count, from, count, 0) == (ssize_t)wanted);
}

/* Whether a word can be written. The system combines it with 0, which changes nothing, and says if
 * it could not. */
static bool is_writable(uintptr_t word) {
    uint32_t here = 0;
    int operation = FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_EQ, 0);
    return syscall(SYS_futex, &here, FUTEX_WAKE_OP_PRIVATE, 0, NULL, (void *)word, operation) !=
               -1 ||
           errno != EFAULT;
}

/* Give a page of the recording its place on the disk. */
bool memory_is_there(unsigned char *page) { return is_writable((uintptr_t)page); }

bool memory_is_readonly(const void *address, size_t bytes) {
    return bytes != 0 && !is_writable(((uintptr_t)address + bytes - 1) & ~(uintptr_t)3);
}

uint32_t system_process(void) { return (uint32_t)getpid(); }

uint64_t system_thread(uint32_t process) {
    /* A process that begins as a copy has a thread with another number. */
    static __thread uint32_t of_process;
    static __thread uint64_t thread;
    if (of_process != process) {
        thread = (uint64_t)syscall(SYS_gettid);
        of_process = process;
    }
    return thread;
}

uint64_t system_time_ns(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void record_program(struct record *record) {
    char path[1024];
    ssize_t bytes = readlink("/proc/self/exe", path, sizeof path);
    if (bytes > 0) {
        record_bytes(record, BUFFER_PATH, path, (uint32_t)bytes);
    }
}
