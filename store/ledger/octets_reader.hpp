// Reads the octets of single messages from the ledger, beside its writer or without one. Keeps the
// segments open that were read last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "store/base/blob.hpp"
#include "store/base/error.hpp"
#include "store/ledger/fact_codec.hpp"
#include "store/ledger/ledger_writer.hpp"

namespace mailhold::store::ledger {

class OctetsReader {
  public:
    OctetsReader(std::filesystem::path ledger_folder, std::filesystem::path spool_folder);
    ~OctetsReader();

    // The octets of the message whose record is at `place`, decompressed and checked against
    // `expected`: Errc::corrupt rather than others, where a backup that was put in the place of a
    // segment is read at once. Blocking; any thread.
    Result<Blob> read(Place place, const MessageStored& expected);

  private:
    struct Segment;
    using SegmentPtr = std::shared_ptr<const Segment>;
    static constexpr std::size_t most_open = 16;
    Result<SegmentPtr> segment(std::uint64_t first);
    void forget(const SegmentPtr& segment);
    Result<Blob> read_once(Place place, const MessageStored& expected);

    std::filesystem::path ledger_folder_, spool_folder_;
    std::mutex mutex_;
    std::vector<SegmentPtr> open_;  // used last, last
};

}  // namespace mailhold::store::ledger
