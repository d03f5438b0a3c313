#include "store/ledger/ledger_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "store/base/fail_point.hpp"
#include "store/base/log.hpp"
#include "store/ledger/recovery.hpp"

namespace mailhold::store::ledger {
namespace {

constexpr std::size_t write_size = 1 << 20;  // the buffer is written when it has grown to this
constexpr std::uint64_t copied_payload = 64
                                         << 10;  // larger payloads are written from where they are

ArchiveId random_id() {
    std::random_device device;
    ArchiveId archive;
    std::ranges::generate(archive, [&] { return static_cast<std::uint8_t>(device()); });
    return archive;
}

// What must be there is there: the parts of a ledger that others prove to have existed.
Status check_complete(const LedgerOptions& options, const std::vector<SegmentFile>& segments) {
    const auto folder = options.folder.string();
    const auto checkpoints = checkpoints_path(options.folder);
    // It is made before the first segment.
    if (!segments.empty() && !std::filesystem::exists(checkpoints)) {
        return fail(Errc::corrupt,
                    fmt::format("{} is missing, and there are records: restore it from a backup. "
                                "Without one, an empty file in its place lets the archive go on, "
                                "and `mailhold verify` names what is unproven then",
                                checkpoints.string()));
    }
    if (segments.empty() && number(options.committed.next) > 0) {
        return fail(Errc::corrupt,
                    fmt::format("{} holds no segment, and {} records were committed: restore it "
                                "from a backup, or choose another data folder for a new archive",
                                folder, number(options.committed.next)));
    }
    if (segments.empty() && options.purpose == Purpose::read)
        return fail(Errc::not_found, fmt::format("{} holds no records", folder));
    return {};
}

}  // namespace

Result<LedgerWriter> LedgerWriter::open(LedgerOptions options) {
    if (auto made = make_folder(options.folder); !made) return std::unexpected(made.error());
    auto segments = list_segments(options.folder);
    if (!segments) return std::unexpected(segments.error());
    if (auto complete = check_complete(options, *segments); !complete)
        return std::unexpected(complete.error());
    auto checkpoints = CheckpointLog::open(options.folder);
    if (!checkpoints) return std::unexpected(checkpoints.error());
    if (const auto& last = checkpoints->last(); last && segments->empty()) {
        return fail(Errc::corrupt,
                    fmt::format("{} has a signed checkpoint of {} records and no segment: restore "
                                "them from a backup",
                                options.folder.string(), last->size));
    }
    LedgerWriter writer(std::move(options), std::move(*checkpoints));
    if (auto loaded = writer.load_key(); !loaded) return std::unexpected(loaded.error());
    const auto begun = segments->empty() ? writer.begin_archive() : writer.resume(segments->back());
    if (!begun) return std::unexpected(begun.error());
    return writer;
}

// The key is made with the archive, and never anew: another key's signature would prove nothing to
// an auditor.
Status LedgerWriter::load_key() {
    if (options_.purpose == Purpose::read) {
        failed_ = Error{Errc::denied, "the ledger was opened for reading only"};
        return {};
    }
    const auto& last = checkpoints_.last();
    const auto path = (options_.keys_folder / "signing.key").string();
    auto key = SigningKey::load(options_.keys_folder);
    if (!key && key.error().code == Errc::not_found) {
        if (last) {
            return fail(Errc::corrupt,
                        fmt::format("{} is missing, and the ledger has checkpoints that it signed: "
                                    "restore it from a backup. Without it nothing can be added; "
                                    "`mailhold verify`, `export` and `rebuild` work all the same",
                                    path));
        }
        key = SigningKey::create(options_.keys_folder);
    }
    if (!key) return std::unexpected(key.error());
    if (last && !key->public_key().verify(last->signed_text, last->signature)) {
        return fail(Errc::corrupt,
                    fmt::format("the last checkpoint of {} is not signed by {}: one of them was "
                                "altered or belongs to another archive",
                                options_.folder.string(), path));
    }
    key_ = std::move(*key);
    return {};
}

Status LedgerWriter::begin_archive() {
    archive_ = random_id();
    return begin_segment();
}

Status LedgerWriter::resume(const SegmentFile& newest) {
    auto found = recover(newest, checkpoints_.last());
    if (!found) return std::unexpected(found.error());
    const auto committed =
        options_.committed.archive == found->archive ? number(options_.committed.next) : 0;
    if (found->frontier.size() < committed) {
        return fail(
            Errc::corrupt,
            fmt::format("{} holds {} whole records, and {} were committed: restore it from a "
                        "backup; to go on with what is left, run `mailhold rebuild`",
                        options_.folder.string(), found->frontier.size(), committed));
    }
    archive_ = found->archive;
    frontier_ = std::move(found->frontier);
    signed_size_ = checkpoints_.last() ? checkpoints_.last()->size : 0;
    if (newest.state == SegmentState::sealed)
        return options_.purpose == Purpose::read ? Status{} : begin_segment();
    auto file = File::open(newest.path, OpenMode::append);
    if (!file) return std::unexpected(file.error());
    if (found->end < found->size) {
        if (auto cut = cut_torn_tail(*file, found->end); !cut) return cut;
    }
    // The last commit may have been written and never synced, or its sync have failed; from here on
    // it counts as committed.
    if (frontier_.size() > std::max(signed_size_, committed)) {
        if (auto injected = fail_point::reach("ledger.before_rewrite"); !injected) return injected;
        if (auto kept = write_again(newest.path, found->last_commit, found->end); !kept)
            return kept;
    }
    if (auto synced = file->sync(); !synced) return synced;
    segment_ = std::move(*file);
    first_ = newest.first;
    size_ = found->end;
    return {};
}

Status LedgerWriter::begin_segment() {
    const auto path = segment_path(options_.folder, frontier_.size(), SegmentState::open);
    const auto header = encode(SegmentHeader{archive_, frontier_});
    const auto written = write_durably(path, header);
    if (!written && std::filesystem::exists(path)) return stop(written.error());
    if (!written) return written;
    auto file = File::open(path, OpenMode::append);
    if (!file) return std::unexpected(file.error());
    segment_ = std::move(*file);
    first_ = frontier_.size();
    size_ = header.size();
    return {};
}

Status LedgerWriter::seal(UtcMicros now) {
    if (auto injected = fail_point::reach("segment.before_seal"); !injected) return injected;
    // Each seal has a checkpoint, so that the newest segment can always be held against the last
    // one.
    if (auto signed_now = checkpoint(now); !signed_now) return signed_now;
    const auto open_path = segment_path(options_.folder, first_, SegmentState::open);
    auto renamed =
        rename_durably(open_path, segment_path(options_.folder, first_, SegmentState::sealed));
    if (!renamed && std::filesystem::exists(open_path)) return renamed;
    if (!renamed) return stop(renamed.error());
    segment_.reset();
    return fail_point::reach("segment.after_seal");
}

Status LedgerWriter::make_room(std::uint64_t length, UtcMicros now) {
    if (segment_ && frontier_.size() > first_ && size_ + length > options_.segment_limit) {
        if (auto sealed = seal(now); !sealed) return sealed;
    }
    return segment_ ? Status{} : begin_segment();
}

Result<std::vector<Place>> LedgerWriter::append(std::span<const Draft> drafts, UtcMicros now) {
    if (failed_) return std::unexpected(*failed_);
    std::uint64_t length = 0;
    for (const auto& draft : drafts) {
        MAILHOLD_ASSERT(draft.body.size() <= max_body_length);
        length += record_header_size + draft.body.size() +
                  (draft.payload ? draft.payload->stored.size() : 0);
    }
    if (auto room = make_room(length, now); !room) return std::unexpected(room.error());
    if (auto injected = fail_point::reach("ledger.before_append"); !injected)
        return std::unexpected(injected.error());
    auto frontier = frontier_;
    auto places = write(drafts, now, frontier);
    auto done =
        places ? fail_point::reach("ledger.after_append") : Status(std::unexpected(places.error()));
    if (done) {
        if (auto synced = segment_->sync(); !synced) return stop(synced.error());
        done = fail_point::reach("ledger.after_sync");
    }
    if (!done) {
        if (auto cut = segment_->truncate(size_); !cut) return stop(cut.error());
        return std::unexpected(done.error());
    }
    size_ += length;
    frontier_ = std::move(frontier);
    return places;
}

Result<std::vector<Place>> LedgerWriter::write(std::span<const Draft> drafts, UtcMicros now,
                                               Frontier& frontier) {
    std::vector<Place> places;
    places.reserve(drafts.size());
    buffer_.clear();
    auto offset = size_;
    for (const auto& draft : drafts) {
        static const Payload none;
        const auto& payload = draft.payload ? *draft.payload : none;
        const auto stored = payload.stored.view();
        const RecordHeader header{.kind = draft.kind,
                                  .codec = payload.codec,
                                  .sequence = Sequence{frontier.size()},
                                  .time = now,
                                  .body_length = static_cast<std::uint32_t>(draft.body.size()),
                                  .payload_length = stored.size(),
                                  .commit_index = static_cast<std::uint32_t>(places.size()),
                                  .payload_crc = payload.crc};
        append_head(buffer_, header, draft.body, archive_);
        if (stored.size() <= copied_payload) {
            buffer_.append(stored);
        } else {
            if (auto done = flush(); !done) return std::unexpected(done.error());
            if (auto done = segment_->write(stored); !done) return std::unexpected(done.error());
        }
        if (buffer_.size() >= write_size) {
            if (auto done = flush(); !done) return std::unexpected(done.error());
        }
        places.push_back({first_, offset});
        offset += record_header_size + draft.body.size() + stored.size();
        frontier.append(leaf_of(header, draft.body));
    }
    if (auto done = flush(); !done) return std::unexpected(done.error());
    return places;
}

Status LedgerWriter::flush() {
    auto written = segment_->write(buffer_);
    buffer_.clear();
    return written;
}

Status LedgerWriter::checkpoint(UtcMicros now) {
    if (failed_) return std::unexpected(*failed_);
    if (!has_unsigned()) return {};
    if (auto injected = fail_point::reach("checkpoint.before_write"); !injected) return injected;
    const auto line = signed_line(archive_, frontier_.size(), frontier_.root(), now, *key_);
    const auto written = checkpoints_.append(line);
    if (!written && checkpoints_.failed()) return stop(written.error());
    if (!written) return written;
    signed_size_ = frontier_.size();
    return {};
}

std::unexpected<Error> LedgerWriter::stop(const Error& error) {
    failed_ =
        Error{error.code, fmt::format("the ledger takes no more until a restart: {}", error.text)};
    return std::unexpected(error);
}

}  // namespace mailhold::store::ledger
