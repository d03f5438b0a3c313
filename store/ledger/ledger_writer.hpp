// The ledger's one writer: appends commits, seals full segments, signs checkpoints. A commit is in
// one segment, and durable as a whole before append() returns. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/file.hpp"
#include "store/base/ids.hpp"
#include "store/base/time.hpp"
#include "store/ledger/checkpoint.hpp"
#include "store/ledger/merkle.hpp"
#include "store/ledger/payload.hpp"
#include "store/ledger/record.hpp"
#include "store/ledger/segment.hpp"
#include "store/ledger/signing_key.hpp"

namespace mailhold::store::ledger {

enum class Purpose {
    append,
    read,  // only so that caches can be made: needs no signing key, and append() is refused
};

struct LedgerOptions {
    std::filesystem::path folder;
    std::filesystem::path keys_folder;
    Purpose purpose = Purpose::append;
    // A commit that would make a segment larger than this goes into a new one; only a commit that
    // is larger by itself makes a larger segment.
    std::uint64_t segment_limit = 256 << 20;
    // Up to where records are known to have been synced. A ledger of this archive that ends before
    // has lost more than a torn tail: it is refused, and nothing is cut.
    LedgerPosition committed{};
};

// A record to append.
struct Draft {
    Kind kind{};
    std::string_view body;  // at most max_body_length
    const Payload* payload = nullptr;
};

// Where a record came to be.
struct Place {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
};

class LedgerWriter {
  public:
    // Opens the ledger, or creates it where the purpose is to append; cuts a torn tail, and brings
    // to disk once more what no checkpoint proves to be there. The caller holds the archive's lock.
    // Errc::corrupt when the ledger is damaged, or is not what its last checkpoint says: nothing is
    // changed then.
    static Result<LedgerWriter> open(LedgerOptions options);

    Sequence next() const { return Sequence{frontier_.size()}; }
    LedgerPosition position() const { return {archive_, next(), frontier_.root()}; }

    // Appends the drafts with consecutive numbers from next() on: all or, on an error, none of
    // them. After an error that leaves unknown what is on disk (a failed sync), every later call
    // fails too, whatever it is, until the ledger is opened again.
    Result<std::vector<Place>> append(std::span<const Draft> drafts, UtcMicros now);

    bool has_unsigned() const { return key_ && frontier_.size() != signed_size_; }
    // Signs what is committed, if there is anything new.
    Status checkpoint(UtcMicros now);

  private:
    LedgerWriter(LedgerOptions options, CheckpointLog checkpoints)
        : options_(std::move(options)), checkpoints_(std::move(checkpoints)) {}
    Status load_key();
    Status begin_archive();
    Status resume(const SegmentFile& newest);
    Status begin_segment();
    Status seal(UtcMicros now);
    Status make_room(std::uint64_t length, UtcMicros now);
    Result<std::vector<Place>> write(std::span<const Draft> drafts, UtcMicros now,
                                     Frontier& frontier);
    Status flush();
    std::unexpected<Error> stop(const Error& error);

    LedgerOptions options_;
    CheckpointLog checkpoints_;
    std::optional<SigningKey> key_;  // none where nothing is signed
    ArchiveId archive_{};
    Frontier frontier_;  // of what is committed
    std::uint64_t signed_size_ = 0;
    std::optional<File> segment_;  // the open one; none between sealing it and beginning the next
    std::uint64_t first_ = 0;      // its first record
    std::uint64_t size_ = 0;       // committed
    std::string buffer_;           // on the way into it
    std::optional<Error> failed_;
};

}  // namespace mailhold::store::ledger
