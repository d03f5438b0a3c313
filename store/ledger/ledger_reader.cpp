#include "store/ledger/ledger_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/ledger/segment.hpp"

namespace mailhold::store::ledger {
namespace {

std::unexpected<Error> at(const std::filesystem::path& path, std::uint64_t record,
                          std::uint64_t offset, const Error& error) {
    return fail(error.code, fmt::format("{}, record {} at {}: {}", path.filename().string(), record,
                                        offset, error.text));
}

}  // namespace

Status for_each_record(const std::filesystem::path& ledger_folder, Sequence from, Sequence to,
                       const Visit& visit) {
    if (from >= to) return {};
    auto segments = list_segments(ledger_folder);
    if (!segments) return std::unexpected(segments.error());
    auto segment = std::ranges::upper_bound(*segments, number(from), {}, &SegmentFile::first);
    if (segment == segments->begin()) {
        return fail(Errc::corrupt, fmt::format("no segment in {} holds record {}",
                                               ledger_folder.string(), number(from)));
    }
    auto next = (--segment)->first;
    for (; segment != segments->end() && next < number(to); ++segment) {
        if (segment->first != next) break;
        auto file = open_segment(ledger_folder, segment->first);
        if (!file) return std::unexpected(file.error());
        auto reader = SegmentReader::open(std::move(*file), segment->first);
        if (!reader) return at(segment->path, segment->first, 0, reader.error());
        const auto& header = reader->header();
        auto tree = header.before;
        while (next < number(to)) {
            const auto record = reader->next();
            if (!record) return at(segment->path, next, reader->offset(), record.error());
            if (!*record) break;
            tree.append(leaf_of((*record)->header, (*record)->body));
            if (next++ < number(from)) continue;
            const Place place{segment->first, (*record)->offset};
            if (auto visited = visit({**record, place, header.archive, tree}); !visited)
                return visited;
        }
    }
    if (next < number(to)) {
        return fail(Errc::corrupt, fmt::format("the ledger in {} ends before record {}; it had {}",
                                               ledger_folder.string(), next, number(to)));
    }
    return {};
}

Result<LedgerPosition> position_at(const std::filesystem::path& ledger_folder, Sequence next) {
    LedgerPosition found;
    const auto read =
        for_each_record(ledger_folder, Sequence{number(next) - 1}, next, [&](const Visited& last) {
            found = last.after();
            return Status{};
        });
    return read ? Result<LedgerPosition>(found) : std::unexpected(read.error());
}

}  // namespace mailhold::store::ledger
