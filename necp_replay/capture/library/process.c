/* What the library says of the process that it is in: it begins, is copied, and ends. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capture.h"

static _Atomic pid_t known_process;

/* Whether the library's memory is that of the calling process. After `vfork` it is that of the
 * parent, whose fds are others. */
bool process_is_known(void) { return atomic_load(&known_process) == getpid(); }

static void record_process(enum recorded_call call) {
    struct record record;
    int error = errno;
    if (record_begin(&record, call)) {
        record_call_starts(&record);
        record_argument(&record, 0, (uint64_t)getppid());
        if (call == CALL_BEGINS) {
            struct rlimit fds = {0, 0};
            getrlimit(RLIMIT_NOFILE, &fds);
            record_argument(&record, 1, (uint64_t)geteuid());
            record_argument(&record, 2, (uint64_t)fds.rlim_cur);
            record_program(&record);
        }
        record_call_ended(&record, 0, 0);
        record_finish(&record);
    }
    errno = error;
}

static void begin_as_copy(void) {
    atomic_store(&known_process, getpid());
    descriptors_lose_necp();
    record_process(CALL_FORKED);
}

/* Called once in every program, before its own code. */
void process_begins(void) {
    atomic_store(&known_process, getpid());
    log_open();
    if (log_is_open()) {
        pthread_atfork(NULL, NULL, begin_as_copy);
        record_process(CALL_BEGINS);
    }
}

__attribute__((destructor)) static void end(void) {
    if (process_is_known()) {
        record_process(CALL_EXITS);
    }
}
