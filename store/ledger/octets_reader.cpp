#include "store/ledger/octets_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/ledger/payload.hpp"
#include "store/ledger/segment.hpp"

namespace mailhold::store::ledger {

struct OctetsReader::Segment {
    std::uint64_t first;
    File file;
    ArchiveId archive;
};

OctetsReader::OctetsReader(std::filesystem::path ledger_folder, std::filesystem::path spool_folder)
    : ledger_folder_(std::move(ledger_folder)), spool_folder_(std::move(spool_folder)) {}
OctetsReader::~OctetsReader() = default;

Result<OctetsReader::SegmentPtr> OctetsReader::segment(std::uint64_t first) {
    const std::lock_guard lock(mutex_);
    const auto known =
        std::ranges::find_if(open_, [&](const auto& segment) { return segment->first == first; });
    if (known != open_.end()) {
        std::rotate(known, known + 1, open_.end());
        return open_.back();
    }
    auto file = open_segment(ledger_folder_, first);
    if (!file) return std::unexpected(file.error());
    const auto archive = read_archive_id(*file);
    if (!archive) return std::unexpected(archive.error());
    if (open_.size() == most_open) open_.erase(open_.begin());
    return open_.emplace_back(std::make_shared<const Segment>(first, std::move(*file), *archive));
}

// What was read is not what was written: the next one opens what stands there then.
void OctetsReader::forget(const SegmentPtr& segment) {
    const std::lock_guard lock(mutex_);
    std::erase(open_, segment);
}

// What was kept open may be damaged, and a backup stand in its place.
Result<Blob> OctetsReader::read(Place place, const MessageStored& expected) {
    auto octets = read_once(place, expected);
    if (!octets && octets.error().code == Errc::corrupt) octets = read_once(place, expected);
    return octets;
}

Result<Blob> OctetsReader::read_once(Place place, const MessageStored& expected) {
    const auto segment = this->segment(place.segment);
    if (!segment) return std::unexpected(segment.error());
    const auto& [first, file, archive] = **segment;
    const auto refuse = [&](const Error& error) {
        forget(*segment);
        const auto name = segment_path(ledger_folder_, first, SegmentState::sealed).stem().string();
        return fail(error.code,
                    fmt::format("{}, record at {}: {}", name, place.offset, error.text));
    };
    const auto record = read_record(file, place.offset, archive);
    if (!record) return refuse(record.error());
    BlobBuilder builder(spool_folder_);
    const auto done = record->header.kind == Kind::message_stored
                          ? unpack(file, *record, expected,
                                   [&](std::string_view piece) { return builder.append(piece); })
                          : Status(fail(Errc::corrupt, "this record holds no message"));
    return done ? builder.finish() : refuse(done.error());
}

}  // namespace mailhold::store::ledger
