// A segment: one file of consecutive records, named by the sequence number of its first. The newest
// ends in .seg and is written; all others end in .sealed and never change. A segment begins with
// (little-endian)
//
//    at  bytes
//     0  8     "MAILHOLD"
//     8  4     format version, 1
//    12  16    archive id
//    28  8     first sequence number
//    36  32 n  peaks of the Merkle tree before this segment, n = bits set in the first sequence
//    number
//     .  4     CRC-32C of all above
//
// so that opening the archive needs to read the newest segment only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/file.hpp"
#include "store/ledger/merkle.hpp"
#include "store/ledger/record.hpp"

namespace mailhold::store::ledger {

struct SegmentHeader {
    ArchiveId archive{};
    Frontier before;  // its size is the first sequence number
};
std::string encode(const SegmentHeader& header);

enum class SegmentState { open, sealed };
struct SegmentFile {
    std::filesystem::path path;
    std::uint64_t first = 0;
    SegmentState state = SegmentState::open;
};
std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t first,
                                   SegmentState state);
// Ascending. Errc::corrupt where an open segment is not the last. A missing folder holds no
// segments.
Result<std::vector<SegmentFile>> list_segments(const std::filesystem::path& folder);
// Opens a segment for reading, whether it has been sealed meanwhile or not.
Result<File> open_segment(const std::filesystem::path& folder, std::uint64_t first);

// Reads a segment from front to back, as far as it reached when it was opened. One thread.
class SegmentReader {
  public:
    // Errc::corrupt when the header is not whole.
    static Result<SegmentReader> open(File file, std::uint64_t first);

    const SegmentHeader& header() const { return header_; }
    // The next record; nothing at the end. Errc::corrupt when no whole record with the next
    // sequence number stands at offset(): the reader stays there.
    Result<std::optional<Record>> next();
    std::uint64_t offset() const { return offset_; }  // where the next record begins
    Sequence sequence() const { return sequence_; }   // and its number
    std::uint64_t size() const { return size_; }
    const File& file() const { return file_; }

  private:
    SegmentReader(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
    Result<std::string_view> window(std::uint64_t offset,
                                    std::size_t length);  // until the next call
    Result<SegmentHeader> read_header(std::uint64_t first);

    File file_;
    std::uint64_t size_ = 0;
    SegmentHeader header_;
    std::uint64_t offset_ = 0;
    Sequence sequence_{};
    std::string window_;
    std::uint64_t window_offset_ = 0;
};

// One record by its place; Errc::corrupt when none stands there.
Result<Record> read_record(const File& file, std::uint64_t offset, const ArchiveId& archive);
Result<ArchiveId> read_archive_id(const File& file);

}  // namespace mailhold::store::ledger
