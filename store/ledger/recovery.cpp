#include "store/ledger/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/base/blob.hpp"
#include "store/base/log.hpp"
#include "store/ledger/payload.hpp"

namespace mailhold::store::ledger {
namespace {

constexpr const char* next_step =
    "restore the file from a backup; `mailhold verify` lists all that is wrong";

// Everything before a commit was synced before that commit was written. So where a whole record of
// a later commit follows a bad one, the bad one had been durable, and this is damage and no torn
// write.
bool later_commit_follows(std::string_view segment, std::uint64_t from, std::uint64_t bad,
                          const ArchiveId& archive) {
    for (auto at = segment.find(record_magic, from); at != std::string_view::npos;
         at = segment.find(record_magic, at + 1)) {
        const auto raw = segment.substr(at);
        const auto header = decode_header(raw);
        if (!header || raw.size() < record_header_size + header->body_length) continue;
        const auto sequence = number(header->sequence);
        if (sequence < header->commit_index || sequence - header->commit_index <= bad) continue;
        if (head_is_whole(raw, *header, raw.substr(record_header_size, header->body_length),
                          archive))
            return true;
    }
    return false;
}

Status refuse_unless_torn(const SegmentFile& newest, const SegmentReader& reader,
                          std::uint64_t offset, std::uint64_t sequence, const std::string& why) {
    const auto where = fmt::format("{}: record {} at {} is damaged ({})", newest.path.string(),
                                   sequence, offset, why);
    if (newest.state == SegmentState::sealed) {
        return fail(Errc::corrupt,
                    fmt::format("{}, and the segment was sealed: {}", where, next_step));
    }
    auto file = File::open(newest.path, OpenMode::read);
    if (!file) return std::unexpected(file.error());
    const auto octets = Blob::map(std::move(*file));
    if (!octets) return std::unexpected(octets.error());
    if (later_commit_follows(octets->view(), offset + 1, sequence, reader.header().archive)) {
        return fail(Errc::corrupt,
                    fmt::format("{}, and later commits follow it, so it is no unfinished write: {}",
                                where, next_step));
    }
    return {};
}

}  // namespace

Result<Recovered> recover(const SegmentFile& newest, const std::optional<Checkpoint>& last) {
    auto file = File::open(newest.path, OpenMode::read);
    if (!file) return std::unexpected(file.error());
    auto reader = SegmentReader::open(std::move(*file), newest.first);
    if (!reader) {
        return fail(reader.error().code, fmt::format("{}: {}: {}", newest.path.string(),
                                                     reader.error().text, next_step));
    }
    Recovered found{.archive = reader->header().archive,
                    .frontier = reader->header().before,
                    .end = reader->offset(),
                    .last_commit = reader->offset(),
                    .size = reader->size()};
    const auto other_root = [&] {
        return last && last->size == found.frontier.size() && last->root != found.frontier.root();
    };
    bool altered = (last && last->archive != found.archive) || other_root();
    while (true) {
        const auto offset = reader->offset();
        auto record = reader->next();
        if (record && !*record) break;
        // What a checkpoint covers was durable; its payloads are left to verify.
        const bool proven = last && found.frontier.size() < last->size;
        auto whole = record ? Status{} : Status(std::unexpected(record.error()));
        if (whole && !proven) whole = check_stored(reader->file(), **record);
        if (!whole && whole.error().code != Errc::corrupt) return std::unexpected(whole.error());
        if (!whole) {
            const auto torn = refuse_unless_torn(newest, *reader, offset, found.frontier.size(),
                                                 whole.error().text);
            if (!torn) return std::unexpected(torn.error());
            break;
        }
        found.frontier.append(leaf_of((*record)->header, (*record)->body));
        found.end = (*record)->end();
        if ((*record)->header.commit_index == 0) found.last_commit = offset;
        altered = altered || other_root();
    }
    if (last && found.frontier.size() < last->size) {
        return fail(
            Errc::corrupt,
            fmt::format(
                "{} ends with record count {}, but a signed checkpoint of {} counts {}: records "
                "were lost or removed; {}",
                newest.path.string(), found.frontier.size(), last->time, last->size, next_step));
    }
    if (altered) {
        return fail(
            Errc::corrupt,
            fmt::format(
                "{} is not what the signed checkpoint of {} says of its first {} records: the "
                "ledger was altered or mixed with another; {}",
                newest.path.string(), last->time, last->size, next_step));
    }
    return found;
}

Status cut_torn_tail(File& file, std::uint64_t offset) {
    const auto size = file.size();
    if (!size) return std::unexpected(size.error());
    auto time = to_rfc3339(utc_now());
    std::ranges::replace(time, ':', '-');
    const auto name = file.path().filename().string();
    const auto aside =
        file.path().parent_path() / fmt::format("torn-{}-{}-{}.bin", time, name, offset);
    log::warning("ledger.torn_tail_cut", {{"file", name},
                                          {"at", offset},
                                          {"bytes", *size - offset},
                                          {"kept_in", aside.filename().string()}});
    return move_tail(file, offset, aside);
}

}  // namespace mailhold::store::ledger
