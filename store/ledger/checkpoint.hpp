// Checkpoints: what the whole ledger was at a moment, signed. One line each in ledger/checkpoints,
// only appended:
//
//    mailhold-checkpoint-1 ARCHIVE SIZE ROOT TIME SIGNATURE
//
// ARCHIVE the archive id (32 hex digits), SIZE how many records the tree held, ROOT its Merkle root
// (64 hex digits), TIME RFC 3339 in UTC, SIGNATURE Ed25519 in base64 over the line up to the blank
// before it. A copy of this file in other hands proves later that nothing before it was changed or
// removed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/file.hpp"
#include "store/base/time.hpp"
#include "store/ledger/record.hpp"
#include "store/ledger/signing_key.hpp"

namespace mailhold::store::ledger {

struct Checkpoint {
    ArchiveId archive{};
    std::uint64_t size = 0;
    Digest root;
    std::string time;  // RFC 3339
    std::string signed_text;
    Signature signature{};
};

std::string signed_line(const ArchiveId& archive, std::uint64_t size, const Digest& root,
                        UtcMicros time,
                        const SigningKey& key);                     // with its line end
std::optional<Checkpoint> parse_checkpoint(std::string_view line);  // without its line end

std::filesystem::path checkpoints_path(const std::filesystem::path& ledger_folder);

// The file as it is: lines that are none are kept as such, by number from 1.
struct CheckpointFile {
    std::vector<Checkpoint> checkpoints;
    std::vector<std::size_t> damaged;  // line numbers
};
// A missing file has none. The beginning of a line at its end is a write cut off by a crash, and
// passed over.
Result<CheckpointFile> read_checkpoints(const std::filesystem::path& ledger_folder);

// Appends lines durably. One thread.
class CheckpointLog {
  public:
    // Creates the file if absent. Cuts a torn last line; makes sure that what is there is on disk,
    // whatever became of the last sync. Errc::corrupt when the last whole line is no checkpoint.
    static Result<CheckpointLog> open(const std::filesystem::path& ledger_folder);
    const std::optional<Checkpoint>& last() const { return last_; }  // as found at opening
    // After an error, whatever part was written is gone; where that cannot be known, every later
    // call fails too, and failed() says so.
    Status append(std::string_view line);
    bool failed() const { return failed_.has_value(); }

  private:
    CheckpointLog(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
    File file_;
    std::uint64_t size_ = 0;
    std::optional<Checkpoint> last_;
    std::optional<Error> failed_;
};

}  // namespace mailhold::store::ledger
