/* How the library works on macOS: dyld puts its calls before those of the system
 * (DYLD_INSERT_LIBRARIES). dyld does not do so for calls of the library itself.
 *
 * This file was never run. CI checks its types, with headers that declare what it uses.
 */
#include <dlfcn.h>
#include <errno.h>
#include <mach-o/dyld.h>
#include <mach-o/loader.h>
#include <mach/mach.h>
#include <mach/mach_vm.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/event.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"

/* No public header declares these. Where a release lacks one, it is NULL. */
#define OF_THE_SYSTEM extern __attribute__((weak_import))
OF_THE_SYSTEM int necp_open(int);
OF_THE_SYSTEM int necp_client_action(int, uint32_t, unsigned char *, size_t, uint8_t *, size_t);
OF_THE_SYSTEM int necp_session_open(int);
OF_THE_SYSTEM int necp_session_action(int, uint32_t, uint8_t *, size_t, uint8_t *, size_t);
OF_THE_SYSTEM int necp_match_policy(uint8_t *, size_t, void *);
OF_THE_SYSTEM int netagent_trigger(unsigned char *, size_t);
OF_THE_SYSTEM int close_nocancel(int) __asm("_close$NOCANCEL");
/* The same call has several names: programs for older systems, and those for newer ones. */
OF_THE_SYSTEM int poll_nocancel(struct pollfd *, nfds_t, int) __asm("_poll$NOCANCEL");
OF_THE_SYSTEM int select_plain(int, fd_set *, fd_set *, fd_set *,
                               struct timeval *) __asm("_select");
OF_THE_SYSTEM int select_extended(int, fd_set *, fd_set *, fd_set *,
                                  struct timeval *) __asm("_select$DARWIN_EXTSN");
OF_THE_SYSTEM int select_1050(int, fd_set *, fd_set *, fd_set *,
                              struct timeval *) __asm("_select$1050");
OF_THE_SYSTEM int pselect_plain(int, fd_set *, fd_set *, fd_set *, const struct timespec *,
                                const sigset_t *) __asm("_pselect");
OF_THE_SYSTEM int pselect_extended(int, fd_set *, fd_set *, fd_set *, const struct timespec *,
                                   const sigset_t *) __asm("_pselect$DARWIN_EXTSN");
OF_THE_SYSTEM int pselect_1050(int, fd_set *, fd_set *, fd_set *, const struct timespec *,
                               const sigset_t *) __asm("_pselect$1050");
OF_THE_SYSTEM int kevent_qos(int, const void *, int, void *, int, void *, size_t *, unsigned);

const struct real_calls *real_calls(void) {
    static const struct real_calls calls = {
        .necp_open = necp_open,
        .necp_client_action = necp_client_action,
        .necp_session_open = necp_session_open,
        .necp_session_action = necp_session_action,
        .necp_match_policy = necp_match_policy,
        .netagent_trigger = netagent_trigger,
        .close = close,
        .setsockopt = setsockopt,
        .getsockopt = getsockopt,
        .connect = connect,
    };
    return &calls;
}

__attribute__((constructor)) static void begin(void) { process_begins(); }

static int close_of_program(int fd) { return captured_close(fd, close); }

static int close_nocancel_of_program(int fd) { return captured_close(fd, close_nocancel); }

static int poll_of_program(struct pollfd *fds, nfds_t count, int timeout) {
    int result = poll(fds, count, timeout);
    polled_after(fds, count, result);
    return result;
}

static int poll_nocancel_of_program(struct pollfd *fds, nfds_t count, int timeout) {
    int result = poll_nocancel(fds, count, timeout);
    polled_after(fds, count, result);
    return result;
}

#define SELECT_OF_PROGRAM(name)                                                                   \
    static int name##_of_program(int count, fd_set *reads, fd_set *writes, fd_set *others,        \
                                 struct timeval *timeout) {                                       \
        struct selection selection;                                                               \
        selection_before(&selection, count, (const void *const[]){reads, writes, others});        \
        int result = name(count, reads, writes, others, timeout);                                 \
        selection_after(&selection, result);                                                      \
        return result;                                                                            \
    }

#define PSELECT_OF_PROGRAM(name)                                                                  \
    static int name##_of_program(int count, fd_set *reads, fd_set *writes, fd_set *others,        \
                                 const struct timespec *timeout, const sigset_t *mask) {          \
        struct selection selection;                                                               \
        selection_before(&selection, count, (const void *const[]){reads, writes, others});        \
        int result = name(count, reads, writes, others, timeout, mask);                           \
        selection_after(&selection, result);                                                      \
        return result;                                                                            \
    }

SELECT_OF_PROGRAM(select_plain)
SELECT_OF_PROGRAM(select_extended)
SELECT_OF_PROGRAM(select_1050)
PSELECT_OF_PROGRAM(pselect_plain)
PSELECT_OF_PROGRAM(pselect_extended)
PSELECT_OF_PROGRAM(pselect_1050)

/* All three kinds of events begin with these. */
struct event_head {
    uint64_t ident;
    int16_t filter;
    uint16_t flags;
};

#define MOST_EVENTS 1024

static void record_events(const void *events, int count, size_t bytes_each) {
    if (!descriptors_are_noted() || !log_is_open()) {
        return;
    }
    int error = errno;
    for (int i = 0; i < count && i < MOST_EVENTS; i++) {
        struct event_head event;
        struct record record;
        const char *at = (const char *)events + (size_t)i * bytes_each;
        const struct copy copy = {&event, at, sizeof event};
        if (memory_read(system_process(), &copy) == sizeof event &&
            descriptor_kind((int)event.ident) == DESCRIPTOR_NECP &&
            record_begin(&record, CALL_KEVENT)) {
            record_call_starts(&record);
            record_argument(&record, 0, event.ident);
            record_argument(&record, 1, (uint64_t)(int64_t)event.filter);
            record_argument(&record, 2, event.flags);
            record_call_ended(&record, 0, 0);
            record_finish(&record);
        }
    }
    errno = error;
}

static int kevent_of_program(int queue, const struct kevent *changes, int change_count,
                             struct kevent *events, int event_count,
                             const struct timespec *timeout) {
    int result = kevent(queue, changes, change_count, events, event_count, timeout);
    record_events(events, result, sizeof *events);
    return result;
}

static int kevent64_of_program(int queue, const struct kevent64_s *changes, int change_count,
                               struct kevent64_s *events, int event_count, unsigned flags,
                               const struct timespec *timeout) {
    int result = kevent64(queue, changes, change_count, events, event_count, flags, timeout);
    record_events(events, result, sizeof *events);
    return result;
}

/* sizeof(struct kevent_qos_s), which no public header declares. */
#define QOS_EVENT_BYTES 72

static int kevent_qos_of_program(int queue, const void *changes, int change_count, void *events,
                                 int event_count, void *data, size_t *available, unsigned flags) {
    int result = kevent_qos(queue, changes, change_count, events, event_count, data, available,
                            flags);
    record_events(events, result, QOS_EVENT_BYTES);
    return result;
}

static int connectx_of_program(int fd, const sa_endpoints_t *endpoints, sae_associd_t association,
                               unsigned flags, const struct iovec *content, unsigned count,
                               size_t *length, sae_connid_t *connection) {
    struct record record;
    bool is_recorded =
        descriptor_kind(fd) == DESCRIPTOR_SOCKET && record_begin(&record, CALL_CONNECT);
    if (is_recorded) {
        record_argument(&record, 0, (uint64_t)fd);
        record_call_starts(&record);
    }
    int result =
        connectx(fd, endpoints, association, flags, content, count, length, connection);
    int error = errno;
    if (is_recorded) {
        record_call_ended(&record, result, error);
        record_socket_names(&record, fd);
        record_finish(&record);
    }
    errno = error;
    return result;
}

#define INSTEAD(ours, theirs)                                                                     \
    __attribute__((used, section("__DATA,__interpose"))) static const struct {                    \
        const void *replacement;                                                                  \
        const void *replaced;                                                                     \
    } instead_of_##theirs = {(const void *)(ours), (const void *)(theirs)}

INSTEAD(captured_necp_open, necp_open);
INSTEAD(captured_necp_client_action, necp_client_action);
INSTEAD(captured_necp_session_open, necp_session_open);
INSTEAD(captured_necp_session_action, necp_session_action);
INSTEAD(captured_necp_match_policy, necp_match_policy);
INSTEAD(captured_netagent_trigger, netagent_trigger);
INSTEAD(close_of_program, close);
INSTEAD(close_nocancel_of_program, close_nocancel);
INSTEAD(poll_of_program, poll);
INSTEAD(poll_nocancel_of_program, poll_nocancel);
INSTEAD(select_plain_of_program, select_plain);
INSTEAD(select_extended_of_program, select_extended);
INSTEAD(select_1050_of_program, select_1050);
INSTEAD(pselect_plain_of_program, pselect_plain);
INSTEAD(pselect_extended_of_program, pselect_extended);
INSTEAD(pselect_1050_of_program, pselect_1050);
INSTEAD(kevent_of_program, kevent);
INSTEAD(kevent64_of_program, kevent64);
INSTEAD(kevent_qos_of_program, kevent_qos);
INSTEAD(captured_setsockopt, setsockopt);
INSTEAD(captured_getsockopt, getsockopt);
INSTEAD(captured_connect, connect);
INSTEAD(connectx_of_program, connectx);

/* Copy memory that may not be there, page by page. Returns how many bytes are there. */
size_t memory_read(uint32_t process, const struct copy *copy) {
    (void)process;
    size_t done = 0;
    while (done < copy->bytes) {
        mach_vm_address_t at = (mach_vm_address_t)(uintptr_t)copy->from + done;
        mach_vm_size_t here = vm_page_size - at % vm_page_size;
        here = here < copy->bytes - done ? here : copy->bytes - done;
        mach_vm_size_t got = 0;
        mach_vm_address_t to = (mach_vm_address_t)(uintptr_t)copy->to + done;
        if (mach_vm_read_overwrite(mach_task_self(), at, here, to, &got) != KERN_SUCCESS ||
            got != here) {
            break;
        }
        done += here;
    }
    return done;
}

bool memory_read_all(uint32_t process, const struct copy *copies, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        if (memory_read(process, &copies[i]) != copies[i].bytes) {
            return false;
        }
    }
    return true;
}

/* Nothing is known here that asks for a page without the risk of a fault. So a full disk is not
 * noticed. */
bool memory_is_there(unsigned char *page) {
    (void)page;
    return true;
}

bool memory_is_readonly(const void *address, size_t bytes) {
    mach_vm_address_t at = (mach_vm_address_t)(uintptr_t)address + (bytes == 0 ? 0 : bytes - 1);
    mach_vm_size_t size = 0;
    vm_region_basic_info_data_64_t info;
    mach_msg_type_number_t count = VM_REGION_BASIC_INFO_COUNT_64;
    mach_port_t object = MACH_PORT_NULL;
    return bytes != 0 &&
           mach_vm_region(mach_task_self(), &at, &size, VM_REGION_BASIC_INFO_64,
                          (vm_region_info_t)&info, &count, &object) == KERN_SUCCESS &&
           (info.protection & VM_PROT_WRITE) == 0;
}

uint32_t system_process(void) { return (uint32_t)getpid(); }

uint64_t system_thread(uint32_t process) {
    (void)process;
    uint64_t thread = 0;
    pthread_threadid_np(pthread_self(), &thread);
    return thread;
}

uint64_t system_time_ns(void) { return clock_gettime_nsec_np(CLOCK_UPTIME_RAW); }

/* The path and the uuid of the program, by which policies know it. */
void record_program(struct record *record) {
    char path[1024];
    uint32_t bytes = sizeof path;
    if (_NSGetExecutablePath(path, &bytes) == 0) {
        record_bytes(record, BUFFER_PATH, path, (uint32_t)strlen(path));
    }
    const struct mach_header *header = _dyld_get_image_header(0);
    if (header == NULL || header->magic != MH_MAGIC_64) {
        return;
    }
    const char *at = (const char *)header + sizeof(struct mach_header_64);
    for (uint32_t i = 0; i < header->ncmds; i++) {
        const struct load_command *command = (const void *)at;
        if (command->cmd == LC_UUID) {
            record_bytes(record, BUFFER_IMAGE_ID, ((const struct uuid_command *)command)->uuid, 16);
            return;
        }
        at += command->cmdsize;
    }
}
