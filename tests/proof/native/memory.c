/* Files in memory, for SQLite (a VFS, sqlite.org/vfs.html) and for the driver (tests/proof/memory.py), which writes what a
 * disk holds after a power cut, lets SQLite open it, and takes back everything that was written since `memory_mark`.
 *
 * A file is a number; names point to files. Only the last part of a path counts. One thread, one connection at a time.
 * The digest is a sum over the 512-byte sectors of the named files, kept up to date by the driver's own writes; SQLite's
 * are always taken back.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint8_t u8;
typedef uint64_t u64;
enum { MOST_FILES = 512, MOST_NAMES = 64, NAME_SIZE = 120, SECTOR = 512, REGION = 32768, MOST_REGIONS = 64 };

struct content { u8 *data; int64_t size, room; u64 digest[2]; };
struct name { char text[NAME_SIZE]; int file; };
/* What a write has replaced. */
struct undo { int file; int64_t offset, length, size; u8 *old; };

static struct content files[MOST_FILES];
static struct name names[MOST_NAMES];
static int file_count, name_count;
static struct undo *undos;
static size_t undo_count, undo_room;
static int marked, by_driver = 1;
static struct { u64 digests[MOST_FILES][2]; struct name names[MOST_NAMES]; int file_count, name_count; } before;
static u8 *regions[MOST_REGIONS];

static void *must(void *memory) { if (!memory) abort(); return memory; }

/* Digest */

static u64 mix(u64 value) {
  value ^= value >> 32; value *= 0xd6e8feb86659fd93ULL;
  value ^= value >> 32; value *= 0xd6e8feb86659fd93ULL;
  return value ^ value >> 32;
}

static void count_sector(struct content *content, int64_t sector, int sign) {
  int64_t start = sector * SECTOR;
  if (start >= content->size) return;
  u8 bytes[SECTOR] = {0};
  memcpy(bytes, content->data + start, (size_t)(content->size - start < SECTOR ? content->size - start : SECTOR));
  u64 a = mix((u64)sector + 1), b = mix(~(u64)sector);
  for (int i = 0; i < SECTOR; i += 8) {
    u64 word;
    memcpy(&word, bytes + i, 8);
    a = (a ^ word) * 0x9fb21c651e98df25ULL; a ^= a >> 29;
    b = (b + word) * 0xa0761d6478bd642fULL; b ^= b >> 31;
  }
  if (sign > 0) { content->digest[0] += mix(a); content->digest[1] += mix(b); }
  else { content->digest[0] -= mix(a); content->digest[1] -= mix(b); }
}

static void count_sectors(struct content *content, int64_t from, int64_t to, int sign) {
  if (!by_driver) return;
  for (int64_t sector = from / SECTOR; sector * SECTOR < to; sector++) count_sector(content, sector, sign);
}

/* Content */

static void resize(struct content *content, int64_t size) {
  if (size > content->room) {
    content->room = size + size / 2 + 4096;
    content->data = must(realloc(content->data, (size_t)content->room));
  }
  if (size > content->size) memset(content->data + content->size, 0, (size_t)(size - content->size));
  content->size = size;
}

static void remember(int file, int64_t offset, int64_t length) {
  if (!marked) return;
  if (undo_count == undo_room) undos = must(realloc(undos, (undo_room = undo_room * 2 + 64) * sizeof *undos));
  struct content *content = files + file;
  struct undo *undo = undos + undo_count++;
  int64_t kept = content->size - offset < length ? content->size - offset : length;
  *undo = (struct undo){file, offset, kept > 0 ? kept : 0, content->size, 0};
  if (kept > 0) memcpy(undo->old = must(malloc((size_t)kept)), content->data + offset, (size_t)kept);
}

void memory_write(int file, int64_t offset, const void *data, int64_t length) {
  struct content *content = files + file;
  int64_t end = offset + length, from = offset < content->size ? offset : content->size;
  remember(file, offset, length);
  /* The last sector changes, too, when the file grows. */
  count_sectors(content, from, end, -1);
  if (end > content->size) resize(content, end);
  memcpy(content->data + offset, data, (size_t)length);
  count_sectors(content, from, end, 1);
}

void memory_truncate(int file, int64_t size) {
  struct content *content = files + file;
  int64_t old = content->size, from = size < old ? size : old, to = size < old ? old : size;
  if (from == to) return;
  remember(file, from, to - from);
  from -= from % SECTOR;
  count_sectors(content, from, to, -1);
  resize(content, size);
  count_sectors(content, from, to, 1);
}

/* How many of these bytes, from the first on, a file holds already at this place. */
int64_t memory_common(int file, int64_t offset, const u8 *data, int64_t length) {
  struct content *content = files + file;
  int64_t same = 0;
  while (same < length && offset + same < content->size && content->data[offset + same] == data[same]) same++;
  return same;
}

int64_t memory_size(int file) { return files[file].size; }
const void *memory_data(int file) { return files[file].data; }

int memory_file(void) {
  if (file_count == MOST_FILES) abort();
  files[file_count].size = 0;
  files[file_count].digest[0] = files[file_count].digest[1] = 0;
  return file_count++;
}

/* A file that no name points to can be given away again: the driver counts. */
void memory_reset(void) { file_count = name_count = 0; }

/* Names */

static int find(const char *text) {
  for (int i = 0; i < name_count; i++) if (!strcmp(names[i].text, text)) return i;
  return -1;
}

int memory_named(const char *text) { int i = find(text); return i < 0 ? -1 : names[i].file; }

int memory_name_count(void) { return name_count; }
const char *memory_name_at(int place) { return names[place].text; }

/* Point a name to a file; -1: there is no such name any more. */
void memory_name(const char *text, int file) {
  int i = find(text);
  if (file < 0) { if (i >= 0) names[i] = names[--name_count]; return; }
  if (i < 0) {
    if (name_count == MOST_NAMES || strlen(text) >= NAME_SIZE) abort();
    strcpy(names[i = name_count++].text, text);
  }
  names[i].file = file;
}

void memory_mark(void) {
  marked = 1;
  for (int i = 0; i < file_count; i++) memcpy(before.digests[i], files[i].digest, sizeof files[i].digest);
  memcpy(before.names, names, sizeof names);
  before.file_count = file_count;
  before.name_count = name_count;
}

static void free_regions(void) {
  for (int i = 0; i < MOST_REGIONS; i++) { free(regions[i]); regions[i] = 0; }
}

void memory_rollback(void) {
  while (undo_count) {
    struct undo *undo = undos + --undo_count;
    struct content *content = files + undo->file;
    resize(content, undo->size);
    if (undo->old) { memcpy(content->data + undo->offset, undo->old, (size_t)undo->length); free(undo->old); }
  }
  file_count = before.file_count;
  name_count = before.name_count;
  memcpy(names, before.names, sizeof names);
  for (int i = 0; i < file_count; i++) memcpy(files[i].digest, before.digests[i], sizeof files[i].digest);
  free_regions();
  by_driver = 1;
  marked = 0;
}

void memory_digest(u64 out[2]) {
  out[0] = out[1] = 0;
  for (int i = 0; i < name_count; i++) {
    struct content *content = files + names[i].file;
    u64 name = 0;
    for (const char *c = names[i].text; *c; c++) name = mix(name + (u8)*c);
    out[0] += mix(name ^ content->digest[0]) + mix(name + (u64)content->size);
    out[1] += mix(name ^ content->digest[1]);
  }
}

/* SQLite's view */

struct open_file { sqlite3_file base; int file; };
#define FILE_OF(handle) (((struct open_file *)(handle))->file)

static const char *last_part(const char *path) { const char *slash = strrchr(path, '/'); return slash ? slash + 1 : path; }

static int x_close(sqlite3_file *f) { (void)f; return SQLITE_OK; }
static int x_read(sqlite3_file *f, void *out, int length, sqlite3_int64 offset) {
  struct content *content = files + FILE_OF(f);
  int64_t there = content->size - offset;
  if (there >= length) { memcpy(out, content->data + offset, (size_t)length); return SQLITE_OK; }
  memset(out, 0, (size_t)length);
  if (there > 0) memcpy(out, content->data + offset, (size_t)there);
  return SQLITE_IOERR_SHORT_READ;
}
static int x_write(sqlite3_file *f, const void *data, int length, sqlite3_int64 offset) {
  memory_write(FILE_OF(f), offset, data, length);
  return SQLITE_OK;
}
static int x_truncate(sqlite3_file *f, sqlite3_int64 size) { memory_truncate(FILE_OF(f), size); return SQLITE_OK; }
static int x_sync(sqlite3_file *f, int flags) { (void)f; (void)flags; return SQLITE_OK; }
static int x_size(sqlite3_file *f, sqlite3_int64 *out) { *out = files[FILE_OF(f)].size; return SQLITE_OK; }
static int x_lock(sqlite3_file *f, int level) { (void)f; (void)level; return SQLITE_OK; }
static int x_reserved(sqlite3_file *f, int *out) { (void)f; *out = 0; return SQLITE_OK; }
static int x_control(sqlite3_file *f, int op, void *argument) { (void)f; (void)op; (void)argument; return SQLITE_NOTFOUND; }
static int x_sector(sqlite3_file *f) { (void)f; return 4096; }
static int x_traits(sqlite3_file *f) { (void)f; return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }
static int x_map(sqlite3_file *f, int region, int size, int extend, void volatile **out) {
  (void)f;
  *out = 0;
  if (region >= MOST_REGIONS || size != REGION) return SQLITE_IOERR_SHMMAP;
  if (!regions[region] && extend) regions[region] = must(calloc(1, REGION));
  *out = regions[region];
  return SQLITE_OK;
}
static int x_shm_lock(sqlite3_file *f, int offset, int n, int flags) { (void)f; (void)offset; (void)n; (void)flags; return SQLITE_OK; }
static void x_barrier(sqlite3_file *f) { (void)f; __sync_synchronize(); }
static int x_unmap(sqlite3_file *f, int delete) {
  (void)f; (void)delete;
  free_regions();
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = x_close, .xRead = x_read, .xWrite = x_write, .xTruncate = x_truncate, .xSync = x_sync,
    .xFileSize = x_size, .xLock = x_lock, .xUnlock = x_lock, .xCheckReservedLock = x_reserved,
    .xFileControl = x_control, .xSectorSize = x_sector, .xDeviceCharacteristics = x_traits,
    .xShmMap = x_map, .xShmLock = x_shm_lock, .xShmBarrier = x_barrier, .xShmUnmap = x_unmap,
};

static int x_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out_flags) {
  (void)vfs;
  f->pMethods = 0;
  int file = path ? memory_named(last_part(path)) : memory_file();
  if (!marked || (file < 0 && !(flags & SQLITE_OPEN_CREATE))) return SQLITE_CANTOPEN;
  /* From here on it is SQLite that writes, until the rollback. */
  by_driver = 0;
  if (file < 0) memory_name(last_part(path), file = memory_file());
  ((struct open_file *)f)->file = file;
  f->pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}
static int x_delete(sqlite3_vfs *vfs, const char *path, int sync) { (void)vfs; (void)sync; memory_name(last_part(path), -1); return SQLITE_OK; }
static int x_access(sqlite3_vfs *vfs, const char *path, int flags, int *out) {
  (void)vfs; (void)flags;
  *out = memory_named(last_part(path)) >= 0;
  return SQLITE_OK;
}
static int x_path(sqlite3_vfs *vfs, const char *path, int room, char *out) {
  (void)vfs;
  if (strlen(path) >= (size_t)room) return SQLITE_CANTOPEN;
  strcpy(out, path);
  return SQLITE_OK;
}
static int x_randomness(sqlite3_vfs *vfs, int length, char *out) {
  static u64 state = 1;
  (void)vfs;
  for (int i = 0; i < length; i++) out[i] = (char)mix(state++);
  return length;
}
static int x_sleep(sqlite3_vfs *vfs, int microseconds) { (void)vfs; return microseconds; }
static int x_time(sqlite3_vfs *vfs, sqlite3_int64 *out) {
  (void)vfs;
  *out = 210866760000000LL + (sqlite3_int64)time(0) * 1000;
  return SQLITE_OK;
}
static int x_error(sqlite3_vfs *vfs, int length, char *out) { (void)vfs; (void)length; (void)out; return 0; }

static sqlite3_vfs vfs = {
    .iVersion = 2, .szOsFile = sizeof(struct open_file), .mxPathname = 4096, .zName = "memory", .xOpen = x_open,
    .xDelete = x_delete, .xAccess = x_access, .xFullPathname = x_path, .xRandomness = x_randomness, .xSleep = x_sleep,
    .xGetLastError = x_error, .xCurrentTimeInt64 = x_time,
};

/* For `sqlite3_vfs_register`, in the library that Python's own module uses. */
sqlite3_vfs *memory_vfs(void) { return &vfs; }
