/* Programs that call NECP, for the tests of capturing: calls MODE [ARGUMENT...].
 *
 * Each prints what it saw, which is the same in every run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int necp_open(int flags);
int necp_client_action(int fd, uint32_t action, unsigned char *client_id, size_t client_id_len,
                       uint8_t *buffer, size_t buffer_size);
int necp_session_open(int flags);
int necp_session_action(int fd, uint32_t action, uint8_t *in_buffer, size_t in_buffer_length,
                        uint8_t *out_buffer, size_t out_buffer_length);
int necp_match_policy(uint8_t *parameters, size_t parameters_size, void *result);

enum { ADD = 1, REMOVE, COPY_PARAMETERS, COPY_RESULT, COPY_LIST, UPDATE_CACHE = 14 };

#define UNREADABLE ((uint8_t *)16)
#define THREADS 16

/* FLAGS, PROHIBIT_EXPENSIVE; then IP_PROTOCOL, TCP; in this order. */
static const uint8_t parameters[] = {250, 4, 0, 0, 0, 4, 0, 0, 0, 11, 2, 0, 0, 0, 6, 0};

static uint64_t mix(uint64_t seen, const void *content, size_t bytes) {
    const unsigned char *at = content;
    for (size_t i = 0; i < bytes; i++) {
        seen = (seen ^ at[i]) * 1099511628211u;
    }
    return seen;
}

static uint64_t see(uint64_t seen, int result) {
    int values[2] = {result, result == -1 ? errno : 0};
    return mix(seen, values, sizeof values);
}

/* Threads: each makes its calls on an fd of its own, and counts those that returned. */

static int calls_each;
static int threads;
static int shows_ids;
static _Atomic uint64_t *returned; /* of each thread, in memory that outlives the process */
static uint64_t seen_by[THREADS];

#define RETURNED(call)                                                                            \
    do {                                                                                          \
        seen = see(seen, (call));                                                                 \
        returned[number]++;                                                                       \
        done++;                                                                                   \
    } while (0)

static void *make_calls(void *argument) {
    int number = (int)(intptr_t)argument;
    uint64_t seen = 14695981039346656037u;
    unsigned char id[16], unknown[16] = {1};
    uint8_t buffer[512];
    int done = 0;
    int fd = necp_open(0);
    returned[number]++;
    while (done < calls_each - 1) {
        memset(id, 0, sizeof id);
        memcpy(buffer, parameters, sizeof parameters);
        /* What thread and which call it is can be read in the recording. */
        RETURNED(necp_client_action(fd, ADD, id, 16, buffer, sizeof parameters));
        seen = shows_ids ? mix(seen, id, 16) : seen;
        memset(buffer, 0, sizeof buffer);
        RETURNED(necp_client_action(fd, COPY_PARAMETERS, id, 16, buffer, sizeof buffer));
        seen = mix(seen, buffer, sizeof parameters);
        RETURNED(necp_client_action(fd, COPY_RESULT, unknown, 16, buffer, sizeof buffer));
        RETURNED(necp_client_action(fd, COPY_PARAMETERS, id, 16, UNREADABLE, sizeof buffer));
        RETURNED(necp_client_action(fd, COPY_LIST, NULL, 0, buffer, 64));
        RETURNED(necp_match_policy((uint8_t *)(uintptr_t)parameters, sizeof parameters, buffer));
        seen = mix(seen, buffer, 64);
        RETURNED(necp_client_action(fd, REMOVE, id, 16, NULL, 0));
    }
    seen_by[number] = seen;
    return NULL;
}

static void run_threads(int argc, char **argv) {
    threads = argc > 2 ? atoi(argv[2]) : 4;
    calls_each = argc > 3 ? atoi(argv[3]) : 100;
    shows_ids = getenv("NECP_STAND_IN_SERVER") == NULL;
    threads = threads > THREADS ? THREADS : threads;
    int flags = MAP_SHARED;
    int fd = -1;
    if (argc > 4) {
        fd = open(argv[4], O_RDWR | O_CREAT, 0600);
        if (fd < 0 || ftruncate(fd, 4096) != 0) {
            exit(3);
        }
    } else {
        flags |= MAP_ANONYMOUS;
    }
    returned = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (returned == MAP_FAILED) {
        exit(3);
    }
    pthread_t running[THREADS];
    for (int i = 0; i < threads; i++) {
        pthread_create(&running[i], NULL, make_calls, (void *)(intptr_t)i);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(running[i], NULL);
        printf("thread %d: %016llx\n", i, (unsigned long long)seen_by[i]);
    }
}

static void show(const char *what, int result) {
    printf("%s: %d %s\n", what, result, result == -1 ? strerrorname_np(errno) : "");
    fflush(stdout);
}

static void add_and_remove(const char *who) {
    unsigned char id[16] = {0};
    int fd = necp_open(0);
    printf("%s: fd %d\n", who, fd);
    show(who, necp_client_action(fd, ADD, id, 16, (uint8_t *)(uintptr_t)parameters,
                                 sizeof parameters));
    show(who, necp_client_action(fd, REMOVE, id, 16, NULL, 0));
    show(who, close(fd));
    fflush(stdout);
}

static void run_fork(char **argv) {
    unsigned char id[16] = {0};
    int fd = necp_open(0);
    printf("parent: fd %d\n", fd);
    fflush(stdout);
    if (fork() == 0) {
        show("child", necp_client_action(fd, COPY_LIST, NULL, 0, id, 16));
        add_and_remove("child");
        execl("/proc/self/exe", argv[0], "after-exec", (char *)NULL);
        _exit(4);
    }
    int status;
    wait(&status);
    printf("child ended: %d\n", status);
    fflush(stdout);
    /* After vfork the child has the memory of the parent, and fds of its own. */
    pid_t child = vfork();
    if (child == 0) {
        close(fd);
        _exit(0);
    }
    waitpid(child, &status, 0);
    show("parent", necp_client_action(fd, ADD, id, 16, (uint8_t *)(uintptr_t)parameters,
                                      sizeof parameters));
    show("parent", close(fd));
}

/* Signals: a handler makes calls, wherever it interrupts; some jump out of it. */

static volatile sig_atomic_t handled;
static int signal_fd;
static sigjmp_buf out;
static volatile sig_atomic_t may_jump;

static void on_signal(int number) {
    (void)number;
    int error = errno;
    unsigned char unknown[16] = {2};
    uint8_t buffer[16];
    if (necp_client_action(signal_fd, COPY_RESULT, unknown, 16, buffer, 16) != -1 ||
        errno != ENOENT) {
        _exit(5);
    }
    errno = error;
    if (++handled % 16 == 0 && may_jump) {
        siglongjmp(out, 1);
    }
}

static void run_signals(void) {
    unsigned char unknown[16] = {1};
    uint8_t buffer[64];
    int fd = necp_open(0);
    signal_fd = necp_open(0);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval every = {{0, 200}, {0, 200}};
    setitimer(ITIMER_REAL, &every, NULL);
    while (handled < 2000) {
        (void)sigsetjmp(out, 1);
        may_jump = 1;
        if (necp_client_action(fd, COPY_RESULT, unknown, 16, buffer, 64) != -1 ||
            errno != ENOENT) {
            exit(6);
        }
        may_jump = 0;
    }
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    printf("handled\n");
}

static void run_faults(void) {
    unsigned char id[16] = {0};
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    uint8_t *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
    mprotect(pages + 4096, 4096, PROT_NONE);
    mprotect(pages + 2 * 4096, 4096, PROT_READ);
    int fd = necp_open(0);
    uint8_t *end = pages + 4096 - 8;
    memcpy(end, parameters, 8);
    show("add past the end", necp_client_action(fd, ADD, id, 16, end, 16));
    show("add unreadable", necp_client_action(fd, ADD, id, 16, UNREADABLE, 16));
    show("add without a buffer", necp_client_action(fd, ADD, id, 16, NULL, 16));
    show("add an id that is read-only",
         necp_client_action(fd, ADD, pages + 2 * 4096, 16, (uint8_t *)(uintptr_t)parameters,
                            sizeof parameters));
    show("add", necp_client_action(fd, ADD, id, 16, (uint8_t *)(uintptr_t)parameters,
                                   sizeof parameters));
    show("copy past the end", necp_client_action(fd, COPY_PARAMETERS, id, 16, end, 16));
    show("copy read-only",
         necp_client_action(fd, COPY_PARAMETERS, id, 16, pages + 2 * 4096, 16));
    show("copy by an unreadable id",
         necp_client_action(fd, COPY_PARAMETERS, UNREADABLE, 16, end, 16));
    uint64_t cache[2] = {(uint64_t)4 << 32, (uint64_t)(uintptr_t)parameters};
    show("update a cache",
         necp_client_action(fd, UPDATE_CACHE, id, 16, (uint8_t *)cache, sizeof cache));
    show("not open", necp_client_action(77, ADD, id, 16, NULL, 0));
    errno = 0;
    close(fd);
    printf("errno after a success: %d\n", errno);
}

static void run_socket(void) {
    unsigned char id[16] = {0};
    int fd = necp_open(0);
    necp_client_action(fd, ADD, id, 16, (uint8_t *)(uintptr_t)parameters, sizeof parameters);
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    show("client of a socket", setsockopt(udp, SOL_SOCKET, 0x1111, id, sizeof id));
    show("connect", connect(udp, (struct sockaddr *)&to, sizeof to));
    struct pollfd polled[2] = {{fd, POLLIN, 0}, {udp, POLLOUT, 0}};
    show("poll", poll(polled, 2, 0));
    printf("ready: %d\n", polled[0].revents);
    show("close", close(udp));
    show("close", close(fd));
}

/* Readiness, asked for in every way; fds of other files are asked about, too. */
static void run_ready(void) {
    unsigned char id[16] = {0};
    int told[2];
    int fd = necp_open(0);
    necp_client_action(fd, ADD, id, 16, (uint8_t *)(uintptr_t)parameters, sizeof parameters);
    if (pipe(told) != 0 || write(told[1], id, 1) != 1) {
        exit(3);
    }
    struct timespec at_once = {0, 0};
    struct pollfd polled[2] = {{told[0], POLLIN, 0}, {fd, POLLIN, 0}};
    show("ppoll", ppoll(polled, 2, &at_once, NULL));
    printf("ready: %d %d\n", polled[0].revents, polled[1].revents);
    fd_set reads, writes, others;
    int highest = (fd > told[1] ? fd : told[1]) + 1;
    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_SET(fd, &reads);
    FD_SET(told[0], &reads);
    FD_SET(told[1], &writes);
    struct timeval no_time = {0, 0};
    show("select", select(highest, &reads, &writes, NULL, &no_time));
    printf("ready: %d %d %d\n", FD_ISSET(fd, &reads) != 0, FD_ISSET(told[0], &reads) != 0,
           FD_ISSET(told[1], &writes) != 0);
    FD_ZERO(&writes);
    FD_ZERO(&others);
    FD_SET(fd, &writes);
    FD_SET(fd, &others);
    show("pselect", pselect(highest, NULL, &writes, &others, &at_once, NULL));
    show("select nothing", select(0, NULL, NULL, NULL, &no_time));
    show("select what is not open", select(900, (fd_set *)UNREADABLE, NULL, NULL, &no_time));
    show("close", close(fd));
    FD_ZERO(&reads);
    FD_SET(fd, &reads);
    show("select what is closed", select(fd + 1, &reads, NULL, NULL, &no_time));
}

static void run_session(void) {
    uint8_t id[4] = {0};
    int fd = necp_session_open(0);
    show("session", fd);
    show("delete all", necp_session_action(fd, 5, NULL, 0, NULL, 0));
    show("unknown", necp_session_action(fd, 99, NULL, 0, id, sizeof id));
    show("close", close(fd));
}

/* What a call costs: the processor time of many, in nanoseconds each. */
static void run_cost(int argc, char **argv) {
    int calls = argc > 2 ? atoi(argv[2]) : 100000;
    unsigned char id[16] = {0};
    uint8_t buffer[512];
    struct timespec begin, end;
    int fd = necp_open(0);
    necp_client_action(fd, ADD, id, 16, (uint8_t *)(uintptr_t)parameters, sizeof parameters);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    for (int i = 0; i < calls; i++) {
        necp_client_action(fd, COPY_PARAMETERS, id, 16, buffer, sizeof buffer);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
    printf("%.1f\n", ns / calls);
}

/* A program that ends as it is told. */
static void run_ending(char **argv) {
    necp_open(0);
    printf("ready\n");
    fflush(stdout);
    if (strcmp(argv[2], "wait") == 0) {
        pause();
    }
    int told[2];
    char byte = 0;
    if (strcmp(argv[2], "leave") == 0 && pipe(told) == 0) {
        if (fork() == 0) {
            if (write(told[1], &byte, 1) == 1) {
                pause();
            }
        }
        if (read(told[0], &byte, 1) != 1) {
            exit(3);
        }
    }
    if (strcmp(argv[2], "signal") == 0) {
        raise(SIGKILL);
    }
    exit(strcmp(argv[2], "status") == 0 ? 7 : 0);
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "threads") == 0) {
        run_threads(argc, argv);
    } else if (strcmp(mode, "fork") == 0) {
        run_fork(argv);
    } else if (strcmp(mode, "after-exec") == 0) {
        add_and_remove("after exec");
    } else if (strcmp(mode, "signals") == 0) {
        run_signals();
    } else if (strcmp(mode, "faults") == 0) {
        run_faults();
    } else if (strcmp(mode, "socket") == 0) {
        run_socket();
    } else if (strcmp(mode, "ready") == 0) {
        run_ready();
    } else if (strcmp(mode, "session") == 0) {
        run_session();
    } else if (strcmp(mode, "cost") == 0) {
        run_cost(argc, argv);
    } else if (strcmp(mode, "ending") == 0 && argc > 2) {
        run_ending(argv);
    } else {
        return 2;
    }
    return 0;
}
