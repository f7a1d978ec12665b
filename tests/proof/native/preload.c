/* Loaded before libc (LD_PRELOAD) into a process that writes a data directory. Two uses, both optional:
 *
 * PROOF_STREAM names a file that gets a record of each write, truncation, sync and name change in the directory
 * (tests/proof/stream.py reads it), in the order in which the kernel saw them.
 * PROOF_CONTROL names a file of one page, mapped by the driver too: it says which calls fail, and counts them.
 *
 * PROOF_DIR is the directory. Shared memory (-shm) is not recorded: it does not outlive the processes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The same numbers as in tests/proof/control.py. */
enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, OPEN = 8, MAP = 16, UNLINK = 32, RENAME = 64, READ = 128, ALLOCATE = 256, STAT = 512 };
enum { DATABASE = 1, WAL = 2, SHM = 4, OTHER = 8 };
enum { SHORT = -1, SHORT_THEN_FULL = -2, DIES = -3 };

struct control {
  volatile uint32_t armed, calls, files;
  volatile int32_t error;
  volatile uint32_t first, count, seen, fired;
  /* How many calls of each kind there were on each kind of files, by their bits. */
  volatile uint32_t totals[10][4];
};

struct record {
  char kind, pad[3];
  uint32_t length;
  uint64_t inode;
  int64_t offset;
};

#define MOST_FILES 4096
static struct control *control;
static int stream = -1;
static char directory[4096];
static size_t directory_length;
static unsigned char class_of[MOST_FILES];
static uint64_t inode_of[MOST_FILES];

#define REAL(name, result, ...) static result (*real_##name)(__VA_ARGS__)
REAL(open64, int, const char *, int, ...);
REAL(close, int, int);
REAL(write, ssize_t, int, const void *, size_t);
REAL(read, ssize_t, int, void *, size_t);
REAL(pwrite64, ssize_t, int, const void *, size_t, off64_t);
REAL(pread64, ssize_t, int, void *, size_t, off64_t);
REAL(fsync, int, int);
REAL(fdatasync, int, int);
REAL(ftruncate64, int, int, off64_t);
REAL(mmap64, void *, void *, size_t, int, int, int, off64_t);
REAL(unlink, int, const char *);
REAL(rename, int, const char *, const char *);
REAL(posix_fallocate64, int, int, off64_t, off64_t);
REAL(stat64, int, const char *, struct stat64 *);

__attribute__((constructor)) static void begin(void) {
  if (real_open64) return;
#define FIND(name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name)
  FIND(open64); FIND(close); FIND(write); FIND(read); FIND(pwrite64); FIND(pread64); FIND(fsync); FIND(fdatasync);
  FIND(ftruncate64); FIND(mmap64); FIND(unlink); FIND(rename); FIND(posix_fallocate64); FIND(stat64);
  const char *path = getenv("PROOF_DIR");
  if (path) {
    snprintf(directory, sizeof directory, "%s/", path);
    directory_length = strlen(directory);
  }
  if ((path = getenv("PROOF_STREAM"))) stream = real_open64(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if ((path = getenv("PROOF_CONTROL"))) {
    int file = real_open64(path, O_RDWR | O_CLOEXEC);
    void *page = file < 0 ? MAP_FAILED : real_mmap64(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) control = page;
    if (file >= 0) real_close(file);
  }
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && !strcmp(text + length - tail, end);
}

/* 0: not in the directory. */
static int classify(const char *path) {
  begin();
  if (!directory_length || strncmp(path, directory, directory_length)) return 0;
  const char *name = path + directory_length;
  if (ends_with(name, "-shm")) return SHM;
  if (ends_with(name, "-wal")) return WAL;
  return !strcmp(name, "log.db") || !strcmp(name, "ledger.db") ? DATABASE : OTHER;
}

static int class_of_file(int file) { return file >= 0 && file < MOST_FILES ? class_of[file] : 0; }

/* The error that this call must meet; 0: none. */
static int planned(int call, int class) {
  if (!control || !class || !control->armed) return 0;
  __sync_fetch_and_add(&control->totals[__builtin_ctz((unsigned)call)][__builtin_ctz((unsigned)class)], 1);
  if (!(control->calls & call) || !(control->files & class)) return 0;
  uint32_t index = __sync_fetch_and_add(&control->seen, 1);
  if (index < control->first || index - control->first >= control->count) return 0;
  __sync_fetch_and_add(&control->fired, 1);
  if (control->error == DIES) _exit(9);
  return control->error;
}

static void record(char kind, int class, uint64_t inode, int64_t offset, const void *data, size_t length) {
  if (stream < 0 || class == SHM) return;
  struct record head = {kind, {0}, (uint32_t)length, inode, offset};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
  if (writev(stream, parts, length ? 2 : 1) < 0) abort();
}

static void record_name(char kind, int class, uint64_t inode, const char *path) {
  const char *name = path + directory_length;
  record(kind, class, inode, 0, name, strlen(name));
}

/* Opening and closing */

static int open_any(const char *path, int flags, mode_t mode) {
  int class = classify(path), error = planned(OPEN, class);
  if (error) { errno = error > 0 ? error : EIO; return -1; }
  struct stat64 found;
  int is_new = class && (flags & O_CREAT) && real_stat64(path, &found) < 0;
  int file = real_open64(path, flags, mode);
  if (file < 0 || file >= MOST_FILES) return file;
  class_of[file] = 0;
  if (class && !fstat64(file, &found) && S_ISREG(found.st_mode)) {
    class_of[file] = class;
    inode_of[file] = found.st_ino;
    if (is_new) record_name('c', class, found.st_ino, path);
    if (flags & O_TRUNC) record('t', class, found.st_ino, 0, 0, 0);
  }
  return file;
}

#define WITH_MODE                                                    \
  mode_t mode = 0;                                                   \
  if (flags & (O_CREAT | O_TMPFILE)) {                               \
    va_list more;                                                    \
    va_start(more, flags);                                           \
    mode = va_arg(more, mode_t);                                     \
    va_end(more);                                                    \
  }                                                                  \
  return open_any(path, flags, mode)
int open(const char *path, int flags, ...) { WITH_MODE; }
int open64(const char *path, int flags, ...) { WITH_MODE; }

int close(int file) {
  begin();
  if (file >= 0 && file < MOST_FILES) class_of[file] = 0;
  return real_close(file);
}

/* Data */

static ssize_t write_some(int file, const void *data, size_t length, off64_t offset, int at_offset) {
  begin();
  int class = class_of_file(file), error = planned(WRITE, class);
  if (error > 0) { errno = error; return -1; }
  if (error && length > 1) length /= 2;
  if (!at_offset && class) offset = lseek64(file, 0, SEEK_CUR);
  ssize_t written = at_offset ? real_pwrite64(file, data, length, offset) : real_write(file, data, length);
  if (class && written > 0) record('w', class, inode_of[file], offset, data, (size_t)written);
  if (error == SHORT_THEN_FULL) { errno = ENOSPC; return -1; }
  return written;
}
ssize_t write(int file, const void *data, size_t length) { return write_some(file, data, length, 0, 0); }
ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return write_some(file, data, length, offset, 1); }
ssize_t pwrite64(int file, const void *data, size_t length, off64_t offset) { return write_some(file, data, length, offset, 1); }

static int fails(int file, int call) {
  begin();
  int error = planned(call, class_of_file(file));
  if (error) errno = error > 0 ? error : EIO;
  return error;
}
ssize_t read(int file, void *data, size_t length) { return fails(file, READ) ? -1 : real_read(file, data, length); }
ssize_t pread64(int file, void *data, size_t length, off64_t offset) { return fails(file, READ) ? -1 : real_pread64(file, data, length, offset); }
ssize_t pread(int file, void *data, size_t length, off_t offset) { return pread64(file, data, length, offset); }

static int sync_any(int file, int (*sync)(int)) {
  begin();
  int class = class_of_file(file), error = planned(SYNC, class);
  if (error) {
    record('f', class, inode_of[file], 0, 0, 0);
    errno = error > 0 ? error : EIO;
    return -1;
  }
  int result = sync(file);
  struct stat64 found;
  if (!result && class) record('s', class, inode_of[file], 0, 0, 0);
  if (!result && !class && stream >= 0 && !fstat64(file, &found) && S_ISDIR(found.st_mode)) record('D', 0, found.st_ino, 0, 0, 0);
  return result;
}
int fsync(int file) { begin(); return sync_any(file, real_fsync); }
int fdatasync(int file) { begin(); return sync_any(file, real_fdatasync); }

int ftruncate64(int file, off64_t size) {
  if (fails(file, TRUNCATE)) return -1;
  int result = real_ftruncate64(file, size);
  if (!result && class_of_file(file)) record('t', class_of_file(file), inode_of[file], size, 0, 0);
  return result;
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int posix_fallocate64(int file, off64_t offset, off64_t length) {
  return fails(file, ALLOCATE) ? errno : real_posix_fallocate64(file, offset, length);
}
int posix_fallocate(int file, off_t offset, off_t length) { return posix_fallocate64(file, offset, length); }

void *mmap64(void *address, size_t length, int access, int flags, int file, off64_t offset) {
  return fails(file, MAP) ? MAP_FAILED : real_mmap64(address, length, access, flags, file, offset);
}
void *mmap(void *address, size_t length, int access, int flags, int file, off_t offset) {
  return mmap64(address, length, access, flags, file, offset);
}

/* Names */

static int fails_at(const char *path, int call) {
  int error = planned(call, classify(path));
  if (error) errno = error > 0 ? error : EIO;
  return error;
}
int unlink(const char *path) {
  if (fails_at(path, UNLINK)) return -1;
  int class = classify(path), result = real_unlink(path);
  if (!result && class) record_name('u', class, 0, path);
  return result;
}
int rename(const char *from, const char *to) {
  if (fails_at(to, RENAME)) return -1;
  int class = classify(from), result = real_rename(from, to);
  if (!result && class && classify(to)) {
    record_name('r', class, 0, from);
    record_name('R', class, 0, to);
  }
  return result;
}
int stat64(const char *path, struct stat64 *found) { return fails_at(path, STAT) ? -1 : real_stat64(path, found); }
int stat(const char *path, struct stat *found) { return stat64(path, (struct stat64 *)found); }
