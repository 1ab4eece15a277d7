/* A library that stands in for NECP, so that programs which call it can be captured on Linux.
 *
 * By itself it answers by simple rules, and the same in every run. With NECP_STAND_IN_SERVER it
 * asks the engine behind that socket (tests/capture/server.py). As the system does, it copies
 * memory of the program without a fault, and closes its fds in a forked process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define FDS 4096
#define CLIENTS 256
#define LIMIT 65536u
#define RESULT_BYTES 512u

enum { OPEN = 1, ACTION, SESSION_OPEN, SESSION_ACTION, MATCH, CLOSE = 7 };
enum { SETSOCKOPT = 10, CONNECT = 12 };
enum { ADD = 1, REMOVE, COPY_PARAMETERS, COPY_RESULT, COPY_LIST, UPDATE_CACHE = 14 };

struct client {
    bool used;
    unsigned char id[16];
    unsigned char parameters[128];
    size_t length;
};

struct file {
    _Atomic int open;
    pid_t owner; /* after vfork, another process has this memory and fds of its own */
    uint64_t made;
    struct client clients[CLIENTS];
};

static struct file *files[FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int fail(int error) {
    errno = error;
    return -1;
}

static size_t copy_in(void *to, const void *from, size_t bytes) {
    struct iovec local = {to, bytes}, remote = {(void *)(uintptr_t)from, bytes};
    ssize_t got = bytes == 0 ? 0 : process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    return got < 0 ? 0 : (size_t)got;
}

static bool copy_out(void *to, const void *from, size_t bytes) {
    struct iovec local = {(void *)(uintptr_t)from, bytes}, remote = {to, bytes};
    return bytes == 0 || process_vm_writev(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)bytes;
}

/* The connection to the server. A process has one, and a new process gets its own. */

struct passed {
    const void *address; /* NULL: no buffer */
    uint64_t wanted;
};

struct asked {
    uint32_t call, process;
    int64_t arguments[6];
    int64_t bytes[2]; /* how many are there; -1 without a buffer */
    int64_t readonly[2];
};

struct answered {
    int32_t error, changes;
    int64_t result;
    int64_t bytes[2]; /* how many are written; -1 for none */
};

struct readiness {
    int32_t fd, is_ready;
};

static int connection = -1;

static bool is_bridged(void) { return getenv("NECP_STAND_IN_SERVER") != NULL; }

static void transfer(bool writes, void *content, size_t bytes) {
    char *at = content;
    while (bytes > 0) {
        ssize_t got = writes ? write(connection, at, bytes) : read(connection, at, bytes);
        if (got <= 0) {
            if (got < 0 && errno == EINTR) {
                continue;
            }
            abort();
        }
        at += got;
        bytes -= (size_t)got;
    }
}

static void connect_to_server(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, getenv("NECP_STAND_IN_SERVER"), sizeof address.sun_path - 1);
    int low = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Out of the way of the program's fds. */
    connection = fcntl(low, F_DUPFD_CLOEXEC, 512);
    syscall(SYS_close, low);
    if (syscall(SYS_connect, connection, &address, sizeof address) != 0) {
        abort();
    }
}

static int ask(uint32_t call, const int64_t arguments[6], struct passed passed[2]) {
    static unsigned char content[2][LIMIT];
    static struct readiness changes[FDS];
    struct asked asked = {.call = call, .process = (uint32_t)getpid()};
    struct answered answered;
    memcpy(asked.arguments, arguments, sizeof asked.arguments);
    pthread_mutex_lock(&lock);
    if (connection < 0) {
        connect_to_server();
    }
    for (int i = 0; i < 2; i++) {
        size_t wanted = passed[i].wanted > LIMIT ? LIMIT : (size_t)passed[i].wanted;
        asked.bytes[i] = passed[i].address == NULL
                             ? -1
                             : (int64_t)copy_in(content[i], passed[i].address, wanted);
        asked.readonly[i] = asked.bytes[i] > 0 && !copy_out((void *)(uintptr_t)passed[i].address,
                                                            content[i], (size_t)asked.bytes[i]);
    }
    transfer(true, &asked, sizeof asked);
    for (int i = 0; i < 2; i++) {
        transfer(true, content[i], asked.bytes[i] < 0 ? 0 : (size_t)asked.bytes[i]);
    }
    transfer(false, &answered, sizeof answered);
    for (int i = 0; i < 2; i++) {
        if (answered.bytes[i] >= 0) {
            transfer(false, content[i], (size_t)answered.bytes[i]);
            copy_out((void *)(uintptr_t)passed[i].address, content[i], (size_t)answered.bytes[i]);
        }
    }
    transfer(false, changes, (size_t)answered.changes * sizeof *changes);
    for (int i = 0; i < answered.changes; i++) {
        eventfd_t value = 1;
        if (changes[i].is_ready) {
            eventfd_write(changes[i].fd, value);
        } else {
            eventfd_read(changes[i].fd, &value);
        }
    }
    pthread_mutex_unlock(&lock);
    return answered.error != 0 ? fail(answered.error) : (int)answered.result;
}

static int new_fd(uint32_t call, int flags) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0 || fd >= FDS) {
        return fail(EMFILE);
    }
    if (is_bridged()) {
        int64_t arguments[6] = {flags, fd};
        struct passed none[2] = {{0}, {0}};
        if (ask(call, arguments, none) < 0) {
            int error = errno;
            syscall(SYS_close, fd);
            return fail(error);
        }
    }
    pthread_mutex_lock(&lock);
    if (files[fd] == NULL) {
        files[fd] = malloc(sizeof *files[fd]);
    }
    memset(files[fd], 0, sizeof *files[fd]);
    files[fd]->open = 1;
    files[fd]->owner = getpid();
    pthread_mutex_unlock(&lock);
    return fd;
}

static struct file *file_of(int fd) {
    return fd < 0 || fd >= FDS || files[fd] == NULL || !files[fd]->open ? NULL : files[fd];
}

int necp_open(int flags) { return new_fd(OPEN, flags); }

int necp_session_open(int flags) { return new_fd(SESSION_OPEN, flags); }

static struct client *find(struct file *file, const unsigned char *id) {
    for (int i = 0; i < CLIENTS; i++) {
        if (file->clients[i].used && memcmp(file->clients[i].id, id, 16) == 0) {
            return &file->clients[i];
        }
    }
    return NULL;
}

static int add(struct file *file, int fd, unsigned char *client_id, const uint8_t *buffer,
               size_t bytes) {
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &file->clients[i];
        if (!client->used) {
            uint64_t number = ++file->made;
            if (bytes > sizeof client->parameters) {
                return fail(EINVAL);
            }
            if (copy_in(client->parameters, buffer, bytes) != bytes) {
                return fail(EFAULT);
            }
            memset(client->id, 0x5a, 16);
            memcpy(client->id, &number, sizeof number);
            if (!copy_out(client_id, client->id, 16)) {
                return fail(EFAULT);
            }
            client->length = bytes;
            client->used = true;
            eventfd_write(fd, 1);
            return 0;
        }
    }
    return fail(ENOMEM);
}

static int copy_list(struct file *file, uint8_t *buffer, size_t bytes) {
    size_t done = 0;
    for (int i = 0; i < CLIENTS && done + 16 <= bytes; i++) {
        if (file->clients[i].used) {
            if (!copy_out(buffer + done, file->clients[i].id, 16)) {
                return fail(EFAULT);
            }
            done += 16;
        }
    }
    return (int)done;
}

static int act(int fd, uint32_t action, unsigned char *client_id, uint8_t *buffer, size_t bytes) {
    struct file *file = file_of(fd);
    unsigned char id[16];
    if (file == NULL) {
        return fail(EBADF);
    }
    if (action == ADD) {
        return add(file, fd, client_id, buffer, bytes);
    }
    if (action == COPY_LIST) {
        return copy_list(file, buffer, bytes);
    }
    if (client_id == NULL) {
        return fail(EINVAL);
    }
    if (copy_in(id, client_id, 16) != 16) {
        return fail(EFAULT);
    }
    struct client *client = find(file, id);
    if (client == NULL) {
        return fail(ENOENT);
    }
    switch (action) {
    case REMOVE:
        client->used = false;
        return 0;
    case COPY_RESULT: {
        eventfd_t value;
        eventfd_read(fd, &value);
    }
        /* fall through */
    case COPY_PARAMETERS:
        if (bytes < client->length) {
            return fail(EINVAL);
        }
        return copy_out(buffer, client->parameters, client->length) ? (int)client->length
                                                                     : fail(EFAULT);
    case UPDATE_CACHE:
        return 0;
    default:
        return fail(EINVAL);
    }
}

int necp_client_action(int fd, uint32_t action, unsigned char *client_id, size_t client_id_len,
                       uint8_t *buffer, size_t buffer_size) {
    if (is_bridged()) {
        int64_t arguments[6] = {fd, action, (int64_t)client_id_len, (int64_t)buffer_size};
        struct passed passed[2] = {{client_id, client_id_len < 16 ? 16 : client_id_len},
                                   {buffer, buffer_size}};
        return ask(ACTION, arguments, passed);
    }
    /* Each fd belongs to one thread of the test programs. */
    return act(fd, action, client_id, buffer, buffer_size);
}

int necp_session_action(int fd, uint32_t action, uint8_t *in_buffer, size_t in_buffer_length,
                        uint8_t *out_buffer, size_t out_buffer_length) {
    if (is_bridged()) {
        int64_t arguments[6] = {fd, action, (int64_t)in_buffer_length,
                                (int64_t)out_buffer_length};
        struct passed passed[2] = {{in_buffer, in_buffer_length},
                                   {out_buffer, out_buffer_length}};
        return ask(SESSION_ACTION, arguments, passed);
    }
    return file_of(fd) == NULL ? fail(EBADF) : fail(EINVAL);
}

int necp_match_policy(uint8_t *parameters, size_t parameters_size, void *result) {
    if (is_bridged()) {
        int64_t arguments[6] = {(int64_t)parameters_size};
        struct passed passed[2] = {{parameters, parameters_size},
                                   {result, RESULT_BYTES}};
        return ask(MATCH, arguments, passed);
    }
    unsigned char content[64] = {0};
    if (parameters == NULL || result == NULL || parameters_size == 0 ||
        parameters_size > sizeof content) {
        return fail(EINVAL);
    }
    if (copy_in(content, parameters, parameters_size) != parameters_size ||
        !copy_out(result, content, parameters_size)) {
        return fail(EFAULT);
    }
    return 0;
}

int close(int fd) {
    struct file *file = file_of(fd);
    if (file != NULL && file->owner == getpid()) {
        file->open = 0;
        if (is_bridged()) {
            int64_t arguments[6] = {fd};
            struct passed none[2] = {{0}, {0}};
            int result = ask(CLOSE, arguments, none);
            int error = errno;
            syscall(SYS_close, fd);
            errno = error;
            return result;
        }
    }
    return (int)syscall(SYS_close, fd);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    if (level == SOL_SOCKET && name == 0x1111) {
        if (!is_bridged()) {
            return length == 16 ? 0 : fail(EINVAL);
        }
        int64_t arguments[6] = {fd, name, length};
        struct passed passed[2] = {{value, length}, {0}};
        return ask(SETSOCKOPT, arguments, passed);
    }
    return (int)syscall(SYS_setsockopt, fd, level, name, value, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    int result = (int)syscall(SYS_connect, fd, address, length);
    if (result == 0 && is_bridged() && connection >= 0 && address->sa_family != AF_UNIX) {
        struct sockaddr_storage local, remote;
        socklen_t local_bytes = sizeof local, remote_bytes = sizeof remote;
        getsockname(fd, (struct sockaddr *)&local, &local_bytes);
        getpeername(fd, (struct sockaddr *)&remote, &remote_bytes);
        int64_t arguments[6] = {fd};
        struct passed passed[2] = {{&local, local_bytes}, {&remote, remote_bytes}};
        ask(CONNECT, arguments, passed);
    }
    return result;
}

static void lose_files(void) {
    for (int fd = 0; fd < FDS; fd++) {
        if (files[fd] != NULL && files[fd]->open) {
            files[fd]->open = 0;
            syscall(SYS_close, fd);
        }
    }
    if (connection >= 0) {
        syscall(SYS_close, connection);
        connection = -1;
    }
}

static void hold(void) { pthread_mutex_lock(&lock); }

static void let_go(void) { pthread_mutex_unlock(&lock); }

static void begin_as_copy(void) {
    lose_files();
    let_go();
}

__attribute__((constructor)) static void begin(void) {
    pthread_atfork(hold, let_go, begin_as_copy);
}
