#include "store/replay.hpp"

#include <fmt/format.h>

#include <utility>

#include "store/base/log.hpp"

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

Status replay(const std::filesystem::path& ledger_folder, catalog::CatalogWriter& catalog,
              Sequence end, const std::function<void(Progress)>& on_progress) {
    std::vector<catalog::Committed> batch;
    const auto flush = [&]() -> Status {
        if (batch.empty()) return {};
        const auto applied = catalog.apply(batch);
        batch.clear();
        if (!applied) return std::unexpected(applied.error());
        if (on_progress) on_progress({number(catalog.next()), number(end)});
        return {};
    };
    const auto visit = [&](const ledger::Record& record, std::uint64_t segment) -> Status {
        auto content = ledger::decode_body(record.header.kind, record.body);
        if (!content) return std::unexpected(content.error());
        batch.push_back(to_committed(record.header.sequence, record.header.time,
                                     {segment, record.offset}, std::move(*content)));
        return batch.size() < records_at_once ? Status{} : flush();
    };
    if (auto read = ledger::for_each_record(ledger_folder, catalog.next(), end, visit); !read)
        return read;
    return flush();
}

Result<std::unique_ptr<catalog::CatalogWriter>> open_catalog(const std::filesystem::path& data,
                                                             Sequence end) {
    auto catalog = catalog::CatalogWriter::open(catalog_path(data));
    if (!catalog && catalog.error().code != Errc::corrupt) return catalog;
    const bool anew = !catalog || (*catalog)->next() > end;
    if (anew) {
        log::error("catalog.made_anew",
                   {{"why", catalog ? fmt::format("it knows {} records and the ledger has {}",
                                                  number((*catalog)->next()), number(end))
                                    : catalog.error().text}});
        catalog = nullptr;
        if (auto removed = remove_catalog(data); !removed) return std::unexpected(removed.error());
        catalog = catalog::CatalogWriter::open(catalog_path(data));
        if (!catalog) return catalog;
    }
    if (auto caught_up = replay(ledger_folder(data), **catalog, end); !caught_up) {
        return std::unexpected(caught_up.error());
    }
    return catalog;
}

Status remove_catalog(const std::filesystem::path& data) {
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        auto path = catalog_path(data);
        path += suffix;
        std::error_code error;
        std::filesystem::remove(path, error);
        if (error)
            return fail(Errc::io, fmt::format("remove {}: {}", path.string(), error.message()));
    }
    return {};
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
