/*
 * Preloaded into a Java process, ends it with SIGKILL in the middle of a write to one of its files, always at the same
 * place. What a test cannot meet by chance, a write that takes microseconds, is met each time.
 *
 *   KILL_FILE  how the file's name begins, a leading dot aside: best_model.pt is .best_model.pt.<id>.tmp too
 *   KILL_AT    at which of the writes and syncs of such files, from 1: half of the bytes are written; a sync is not done
 *   KILL_LOG   gets a line for each of them: "write NAME", "sync NAME", and "rename NAME" for the new name
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long events;

static ssize_t plain_write(int fd, const void *bytes, size_t count) { return syscall(SYS_write, fd, bytes, count); }

static const char *base(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return *name == '.' ? name + 1 : name;
}

static int is_meant(const char *path) {
    const char *file = getenv("KILL_FILE");
    return file && strncmp(base(path), file, strlen(file)) == 0;
}

static void tell(const char *what, const char *path) {
    const char *log = getenv("KILL_LOG");
    if (!log) return;
    char line[PATH_MAX + 16];
    int length = snprintf(line, sizeof line, "%s %s\n", what, base(path));
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) {
        if (plain_write(fd, line, length) != length) abort();
        close(fd);
    }
}

/* Whether this write or sync is the last thing that the process does. */
static int is_the_end(int fd, const char *what) {
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!is_meant(path)) return 0;
    tell(what, path);
    const char *at = getenv("KILL_AT");
    return at && atomic_fetch_add(&events, 1) + 1 == atol(at);
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (is_the_end(fd, "write")) {
        plain_write(fd, bytes, count / 2);
        die();
    }
    static ssize_t (*next)(int, const void *, size_t);
    if (!next) next = dlsym(RTLD_NEXT, "write");
    return next(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    if (is_the_end(fd, "write")) {
        syscall(SYS_pwrite64, fd, bytes, count / 2, offset);
        die();
    }
    static ssize_t (*next)(int, const void *, size_t, off64_t);
    if (!next) next = dlsym(RTLD_NEXT, "pwrite64");
    return next(fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

int fsync(int fd) {
    if (is_the_end(fd, "sync")) die();
    static int (*next)(int);
    if (!next) next = dlsym(RTLD_NEXT, "fsync");
    return next(fd);
}

int fdatasync(int fd) {
    if (is_the_end(fd, "sync")) die();
    static int (*next)(int);
    if (!next) next = dlsym(RTLD_NEXT, "fdatasync");
    return next(fd);
}

int rename(const char *from, const char *to) {
    if (is_meant(to)) tell("rename", to);
    static int (*next)(const char *, const char *);
    if (!next) next = dlsym(RTLD_NEXT, "rename");
    return next(from, to);
}
