// SPDX-License-Identifier: Apache-2.0
// The recording's records, byte by byte as in FORMAT.md, shared by the recorder and every reader. Little-endian only.
// Nothing here allocates or touches a file. A reader checks what it loads: nothing in a file is trusted.
#pragma once
#include <cstddef>
#include <cstdint>

namespace calltide::format {

inline constexpr unsigned char kMagic[8] = {0x89, 'C', 'T', 'D', 0x0D, 0x0A, 0x1A, 0x0A};
inline constexpr uint16_t kMajor = 1, kMinor = 0;
inline constexpr uint32_t kFileHeaderSize = 4096;
inline constexpr uint32_t kEndianMark = 0x01020304;

enum class ClockKind : uint8_t { Tsc = 1, Monotonic = 2, CntVct = 3, Qpc = 4 };
enum class Mode : uint8_t { Grow = 0, Ring = 1, Container = 2, StopWhenFull = 3 };
enum class State : uint32_t { Recording = 1, Closed = 2, Recovered = 3 };

// Flags of FileHeader::compat: how it was recorded. Readers that do not know one ignore it.
enum CompatBit : uint64_t {
    kPythonOnly = 1, // no C functions
    kAdaptive = 2,   // short calls were dropped
    kIsChild = 4,    // lies in its first process's NAME.calltide.d
};

struct FileHeader // at 0; the CRC stands at 4028, the mutable part at 4032, the rest is zero
{
    unsigned char magic[8];
    uint16_t major, minor;
    uint32_t headerSize;        // 4096
    uint64_t incompat, compat;  // unknown incompat bit: refuse
    uint8_t recordingId[16];    // the same for a process and its children
    uint8_t processId[16];      // random; pids are reused
    uint8_t parentProcessId[16]; // zero for the first process
    uint32_t pid, ppid;
    uint64_t processStart;      // ns since boot
    uint32_t endianMark;
    uint8_t clockKind, shift;   // one unit is 2^shift ticks of that clock
    uint8_t mode, ringSlotLog2;
    uint64_t nsPerUnit;         // 32.32 fixed point; a first guess, clock samples are better
    uint64_t unit0;             // clock in units, and the three clocks at the same moment, ns
    int64_t monotonic0, boottime0, realtime0;
    uint8_t bootId[16];
    uint64_t timeNamespace;     // inode of /proc/self/ns/time; 0 unknown
    int64_t timeNamespaceOffset; // ns, of its monotonic clock
    uint32_t blockLog2;         // 12
    uint32_t reserved;
};
static_assert(sizeof(FileHeader) == 184);
static_assert(offsetof(FileHeader, recordingId) == 32 && offsetof(FileHeader, pid) == 80);
static_assert(offsetof(FileHeader, endianMark) == 96 && offsetof(FileHeader, nsPerUnit) == 104);
static_assert(offsetof(FileHeader, bootId) == 144 && offsetof(FileHeader, blockLog2) == 176);
inline constexpr uint32_t kFileCrcAt = 4028, kMutableAt = 4032;

struct Mutable // hints only, not under a CRC
{
    uint64_t allocEnd;  // first byte no chunk has taken yet
    uint32_t state;     // State
    uint32_t generation;
    uint64_t lost;      // events
    uint64_t stall;     // ns
    uint64_t heartbeat; // units, at chunk switches
};
static_assert(sizeof(Mutable) == 40);

// ---------------------------------------------------------------- chunks
inline constexpr uint32_t kChunkMagic = 0x4B435443; // "CTCK"
inline constexpr uint32_t kChunkHeaderSize = 64;
inline constexpr unsigned kBlockLog2 = 12;
inline constexpr uint32_t kBlockSize = 1u << kBlockLog2, kBlockHeaderSize = 16;
inline constexpr unsigned kMinChunkLog2 = 12, kMaxEventChunkLog2 = 18, kMaxChunkLog2 = 26;
inline constexpr uint32_t kMaxDepth = 1u << 20;

enum class ChunkKind : uint8_t { Events = 1, Table = 2, Index = 6 }; // others: skip by size

struct ChunkHeader
{
    uint32_t magic;
    uint8_t kind, log2;
    uint16_t flags;     // 0
    uint32_t thread;    // index in the process, from 0; tables: 0xFFFFFFFF
    uint32_t sequence;  // of the thread's chunks (tables: of the table chunks), from 0; a gap is a loss
    uint64_t baseTime;  // units, never 0; tables: time of opening
    uint32_t lap;       // ring
    int32_t depth;      // before the first record
    uint32_t process;   // 0 in a process file
    uint32_t openCrc;   // CRC32C of bytes 0..35 seeded with the first 4 bytes of processId as u32; never 0; stored last: "open"
    uint64_t endTime;   // units
    uint32_t used;      // bytes, header included
    int32_t depthEnd;
    uint32_t payloadCrc; // CRC32C of bytes 64..used
    uint32_t sealCrc;   // of bytes 40..59, seeded with openCrc; never 0; stored last: "sealed"
};
static_assert(sizeof(ChunkHeader) == 64 && offsetof(ChunkHeader, baseTime) == 16);
static_assert(offsetof(ChunkHeader, openCrc) == 36 && offsetof(ChunkHeader, endTime) == 40);
static_assert(offsetof(ChunkHeader, sealCrc) == 60);

struct BlockHeader // at k·4096 for k ≥ 1 of an event chunk; block 0 starts behind the chunk header
{
    uint32_t crc;   // running CRC32C of the chunk's bytes 64 … start of this block
    int32_t depth;  // before the first record
    uint64_t time;  // of the last record before, units, never 0; stored last: "block open"
};
static_assert(sizeof(BlockHeader) == 16);

// ---------------------------------------------------------------- event records
enum RecordKind : uint8_t { kRare = 0, kEnter = 1, kLeave = 2, kLeaveC = 3 }; // bits 0–1 of the first byte
inline constexpr uint32_t kNear = 63;            // bits 2–7: distances 0…62; 63: LEB128(dt − 62) follows
inline constexpr uint32_t kMaxFar = 62 + (1u << 21) - 1; // greatest distance in an enter or leave
inline constexpr uint32_t kMaxId = (1u << 28) - 1;
inline constexpr uint32_t kFirstLongId = 128;    // ids of first use; 1…127 are given to hot functions later
inline constexpr uint32_t kMaxExtended = 4072;   // bytes of a whole extended record
inline constexpr uint32_t kReservedTail = 8;     // a record starts only at ≤ block end − 8

enum Sub : uint8_t {
    // 1…15 no operand
    kTimePasses = 1,
    kYield = 2,   // leave Python: a generator or coroutine gives way
    kUnwind = 3,  // leave Python by an exception
    kUnwindC = 4, // leave C by an exception
    // 16…31 one operand
    kThrow = 16,      // enter by throw() into a generator; operand: id
    kInstant = 17,    // operand: name id
    kTaskSwitch = 18, // operand: task id; 1 = none
    kRaise = 19,      // operand: name id of the exception's type
    kTaskReady = 20,  // operand: task id
    kTaskCause = 21,  // operand: task id
    // 32…63 extended: payloads in FORMAT.md
    kStack = 32,
    kArguments = 33,
    kReturnValue = 34,
    kCounter = 35,
    kAsyncBegin = 36,
    kAsyncEnd = 37,
    kAsyncStep = 38,
    kFlowOut = 39,
    kFlowIn = 40,
    kGcBegin = 41,
    kGcEnd = 42,
    kLost = 43,
    kStall = 44,
    kText = 45,
    kSpawn = 46,
    kClockStep = 47,
    kOpen = 48, // calls that were running when the recording of the thread began
    kImport = 49,
    kChildEnd = 50,
    kGilWait = 51,
    kSwitch = 52, // calls give way to others of the same thread
};

enum LossReason : uint32_t { kLossDiskFull = 1, kLossLimit = 2, kLossForeignHook = 4, kLossRing = 8, kLossOther = 16, kLossPaused = 32 };

// ---------------------------------------------------------------- table records
struct TableRecordHeader // padded to 8 with its payload; the first 8 bytes are stored last
{
    uint32_t length; // payload bytes, without padding; may be 0 (the type makes the first 8 bytes non-zero)
    uint8_t type, flags;
    uint16_t part;   // 0, or number of a later part of a long text
    uint32_t id;
    uint32_t crc;    // CRC32C of the 12 bytes before and the payload
};
static_assert(sizeof(TableRecordHeader) == 16);

enum class TableType : uint8_t {
    String = 1,
    Function = 2,
    Thread = 3,
    Task = 4,
    Meta = 5,
    Clock = 6,
    Source = 7,
    Counter = 8,
    Name = 9,
    Note = 10,
    End = 11,
    Dropped = 12,
};
inline constexpr uint32_t kMaxString = 64 * 1024; // longer ones are cut, kCut set
inline constexpr uint32_t kMaxSource = 16 * 1024 * 1024;
inline constexpr uint8_t kCut = 1; // TableRecordHeader::flags

enum class FunctionKind : uint8_t {
    Python = 1,
    C = 2,
    Generator = 3,
    Coroutine = 4,
    AsyncGenerator = 5,
    Module = 6, // <module>
    Type = 7,   // a class that is called (recorded like a C function)
    Event = 8,  // a stretch that the program names by log_event (recorded like a C function)
};

struct FunctionRecord // TableType::Function; the record's id is the event id
{
    uint8_t kind;      // FunctionKind
    uint8_t flags;     // bit 0: id + 1 is the same function, resumed
    uint16_t reserved;
    uint32_t function; // dense from 1; several ids may name one function
    uint32_t name;     // string ids; 0: none. co_name, or the bare name of a C function
    uint32_t qualname; // as shown: "Shop.checkout", "builtins.print", "list.append"
    uint32_t file;     // co_filename
    uint32_t module;
    uint32_t line;     // first line, 1-based; 0 unknown
};
static_assert(sizeof(FunctionRecord) == 28);
inline constexpr uint8_t kHasResumedId = 1;

struct ThreadRecord // TableType::Thread; id = thread index + 1; a later record of the same id replaces it
{
    uint64_t nativeId, pythonIdent;
    uint32_t name;     // string id
    uint32_t flags;    // 1: main thread
    uint64_t start, end; // units; 0 unknown / not ended
};
static_assert(sizeof(ThreadRecord) == 40);

struct TaskRecord // TableType::Task
{
    uint64_t ident;
    uint32_t name, coroutine; // string id, function number
    uint32_t parent;          // task id or 0
    uint32_t reserved;
};
static_assert(sizeof(TaskRecord) == 24);

struct MetaRecord // TableType::Meta; id 1, 2, …
{
    uint32_t key, value; // string ids
};

struct ClockRecord // TableType::Clock; id 1, 2, …
{
    uint64_t units;
    int64_t monotonic, boottime, realtime; // ns
    uint32_t bracket; // units between the two readings around it
    uint32_t cpu;
};
static_assert(sizeof(ClockRecord) == 40);

struct SourceRecord // TableType::Source; id = string id of the file's name; followed by the text, UTF-8 or as it is
{
    uint64_t size;
    int64_t mtime; // ns since the epoch
    uint64_t inode;
    uint32_t flags; // 1: text follows
    uint32_t textLength;
};
static_assert(sizeof(SourceRecord) == 32);

struct CounterRecord // TableType::Counter
{
    uint32_t name, series, unit; // string ids; units that are known: "B", "s"
    uint32_t flags;              // kCounterIsSum
};
inline constexpr uint32_t kCounterIsSum = 1; // only grows: its rate is what is to be shown

struct NameRecord // TableType::Name: what instants and raises refer to
{
    uint32_t name, category; // string ids
};

struct NoteRecord // TableType::Note: something about the recording itself
{
    uint64_t time; // units
    uint32_t text; // string id
    uint32_t code;
};

struct DroppedRecord // TableType::Dropped; id 1, 2, …: calls turned out short and are not recorded from here on
{
    uint64_t time;     // units
    uint32_t function; // event id
    uint32_t caller;   // event id of the function in which the place of the call is; 0: wherever it is called
};
static_assert(sizeof(DroppedRecord) == 16);

struct EndRecord // TableType::End: the process ended in an orderly way
{
    uint64_t time;      // units
    int32_t exitStatus; // as a shell shows it
    uint32_t flags;     // 1: exit status known
};
static_assert(sizeof(EndRecord) == 16);

} // namespace calltide::format
