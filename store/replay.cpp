#include "store/replay.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "store/base/log.hpp"
#include "store/ledger/segment.hpp"

namespace mailhold::store {
namespace {

constexpr std::size_t records_at_once = 4096;

struct ToCatalog {
    ledger::Place place;
    using Out = std::variant<catalog::MessageStored, Fact, catalog::Unknown>;
    Out operator()(const ledger::MessageStored& message) const {
        return catalog::MessageStored{message.digest, message.size, place.segment, place.offset};
    }
    Out operator()(Fact&& fact) const { return std::move(fact); }
    Out operator()(ledger::UnknownKind) const { return catalog::Unknown{}; }
};

}  // namespace

catalog::Committed to_committed(Sequence sequence, UtcMicros time, ledger::Place place,
                                ledger::Content content) {
    return {sequence, time, std::visit(ToCatalog{place}, std::move(content))};
}

namespace {

// Why the catalog is not a projection of this ledger's first records; nothing where it is.
Result<std::optional<std::string>> misfit(const std::filesystem::path& ledger_folder,
                                          const LedgerPosition& has, const LedgerPosition& end) {
    if (end.next == Sequence{0} && has.next == end.next) return std::nullopt;
    if (has.next == Sequence{0}) return "it holds nothing";
    if (has.archive != end.archive) return "it belongs to another archive";
    if (has.next > end.next) {
        return fmt::format("it knows {} records and the ledger has {}", number(has.next),
                           number(end.next));
    }
    const auto there = has.next == end.next ? Result<LedgerPosition>(end)
                                            : ledger::position_at(ledger_folder, has.next);
    if (!there) return std::unexpected(there.error());
    if (*there == has) return std::nullopt;
    return fmt::format("its {} records are not the first {} of the ledger", number(has.next),
                       number(has.next));
}

}  // namespace

Status replay(const std::filesystem::path& ledger_folder, catalog::CatalogWriter& catalog,
              Sequence end, const std::function<void(Progress)>& on_progress) {
    std::vector<catalog::Committed> batch;
    const auto visit = [&](const ledger::Visited& visited) -> Status {
        const auto& header = visited.record.header;
        auto content = ledger::decode_body(header.kind, visited.record.body);
        if (!content) return std::unexpected(content.error());
        batch.push_back(
            to_committed(header.sequence, header.time, visited.place, std::move(*content)));
        const auto next = number(header.sequence) + 1;
        if (batch.size() < records_at_once && next < number(end)) return {};
        const auto applied = catalog.apply(std::exchange(batch, {}), visited.after());
        if (!applied) return std::unexpected(applied.error());
        for (const auto record : applied->dangling)
            log::error("catalog.dangling_sighting", {{"record", number(record)}});
        if (on_progress) on_progress({next, number(end)});
        return {};
    };
    return ledger::for_each_record(ledger_folder, catalog.next(), end, visit);
}

Result<std::unique_ptr<catalog::CatalogWriter>> make_catalog(
    const std::filesystem::path& data, Sequence end,
    const std::function<void(Progress)>& on_progress) {
    auto fresh = catalog_path(data);
    fresh += ".new";
    if (auto gone = catalog::CatalogWriter::discard(fresh); !gone)
        return std::unexpected(gone.error());
    auto catalog = catalog::CatalogWriter::open(fresh);
    if (!catalog) return catalog;
    if (auto done = replay(ledger_folder(data), **catalog, end, on_progress); !done)
        return std::unexpected(done.error());
    catalog->reset();
    if (auto done = catalog::CatalogWriter::replace(catalog_path(data), fresh); !done)
        return std::unexpected(done.error());
    return catalog::CatalogWriter::open(catalog_path(data));
}

Result<std::unique_ptr<catalog::CatalogWriter>> open_catalog(const std::filesystem::path& data,
                                                             const LedgerPosition& end) {
    const auto path = catalog_path(data);
    // Where there are records a catalog appears once it is whole, and never grows before readers.
    Result<std::unique_ptr<catalog::CatalogWriter>> catalog = fail(Errc::corrupt, "it is missing");
    if (end.next == Sequence{0} || std::filesystem::exists(path))
        catalog = catalog::CatalogWriter::open(path);
    const auto has =
        catalog ? (*catalog)->position() : Result<LedgerPosition>(std::unexpected(catalog.error()));
    if (!has && has.error().code != Errc::corrupt) return std::unexpected(has.error());
    const auto why = has ? misfit(ledger_folder(data), *has, end) : has.error().text;
    if (!why) return std::unexpected(why.error());
    if (*why) {
        log::error("catalog.made_anew", {{"why", **why}});
        catalog = nullptr;
        return make_catalog(data, end.next);
    }
    if (auto caught_up = replay(ledger_folder(data), **catalog, end.next); !caught_up)
        return std::unexpected(caught_up.error());
    return catalog;
}

std::unexpected<Error> nothing_in(const std::filesystem::path& data) {
    const auto segments = ledger::list_segments(ledger_folder(data));
    if (segments && !segments->empty()) {
        return fail(Errc::not_found,
                    fmt::format("the catalog of {} is missing: `mailhold rebuild` makes it from "
                                "the ledger",
                                data.string()));
    }
    if (std::filesystem::exists(catalog_path(data))) {
        return fail(Errc::not_found, fmt::format("the ledger of {} is missing: restore {} from a "
                                                 "backup",
                                                 data.string(), ledger_folder(data).string()));
    }
    return fail(Errc::not_found, fmt::format("{} holds no archive", data.string()));
}

std::filesystem::path catalog_path(const std::filesystem::path& data) {
    return data / "catalog.sqlite";
}
std::filesystem::path ledger_folder(const std::filesystem::path& data) {
    return data / "ledger";
}
std::filesystem::path keys_folder(const std::filesystem::path& data) {
    return data / "keys";
}

}  // namespace mailhold::store
