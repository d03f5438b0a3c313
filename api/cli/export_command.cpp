// mailhold export: messages as files for other programs, with a manifest that says where each
// stood.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <set>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/manifest.hpp"
#include "api/cli/on_record.hpp"
#include "api/cli/place.hpp"
#include "api/cli/progress.hpp"
#include "api/cli/selection.hpp"
#include "api/cli/wiring.hpp"
#include "store/base/file.hpp"

namespace mailhold::cli {
namespace {

namespace fs = std::filesystem;

// One message with every place where it stood; a message that was never sighted has none.
struct Item {
    store::StoredMessage message;
    std::vector<store::Location> locations;
};

Status prepare(const fs::path& folder, Existing existing) {
    std::error_code error;
    bool empty = !fs::exists(folder, error) || fs::is_empty(folder, error);
    if (error)
        return fail(Errc::io, fmt::format("looking into {}: {}", folder.string(), error.message()));
    if (!empty && existing == Existing::refuse)
        return fail(
            Errc::exists,
            fmt::format("{} is not empty: choose a new folder, or --resume an export that was "
                        "interrupted",
                        folder.string()));
    return make_folder(folder);
}

// Written beside and renamed, so that a file under its own name is whole; all are synced together
// at the end.
template <class Write>
Status replace_file(const fs::path& path, Write write) {
    fs::path part = path;
    part += ".part";
    std::error_code error;
    fs::remove(part, error);
    auto file = File::open(part, OpenMode::create_new);
    if (!file) return std::unexpected(file.error());
    if (Status written = write(*file); !written) return written;
    fs::rename(part, path, error);
    if (error)
        return fail(Errc::io, fmt::format("renaming {}: {}", part.string(), error.message()));
    return {};
}

bool holds(const fs::path& path, const Digest& digest) {
    auto octets = read_file(path);
    return octets && sha256(*octets) == digest;
}

class Export {
  public:
    Export(const store::ArchiveReader& archive, fs::path folder, std::vector<Item> items)
        : archive_(archive), folder_(std::move(folder)), items_(std::move(items)) {}

    // One file a message, two-digit folders as in git: no folder grows too large for a file system.
    Status write_eml() {
        for (const auto& item : items_) {
            auto hex = to_hex(item.message.digest);
            auto name = fmt::format("{}/{}.eml", hex.substr(0, 2), hex);
            if (auto made = make_folder(folder_ / hex.substr(0, 2)); !made) return made;
            if (!holds(folder_ / name, item.message.digest)) {
                auto octets = intact_octets(item);
                if (!octets) return std::unexpected(octets.error());
                if (!*octets) continue;
                auto written = replace_file(
                    folder_ / name, [&](File& file) { return file.write((*octets)->view()); });
                if (!written) return written;
            }
            for (const auto& location : item.locations)
                manifest_ += manifest_row(item.message, name, location);
            note(item);
        }
        return {};
    }

    // One file a mailbox, vanished messages and gone mailboxes too.
    Status write_mbox() {
        std::map<std::string, std::vector<std::pair<const Item*, const store::Location*>>> files;
        for (const auto& item : items_)
            for (const auto& location : item.locations)
                files[fmt::format("{}/{}.mbox", file_name(location.generation.account),
                                  file_name(location.generation.mailbox))]
                    .emplace_back(&item, &location);
        for (const auto& [name, places] : files) {
            if (auto made = make_folder((folder_ / name).parent_path()); !made) return made;
            auto written = replace_file(
                folder_ / name, [&](File& file) { return write_places(file, name, places); });
            if (!written) return written;
        }
        return {};
    }

    Status finish() {
        progress_.finish();
        if (auto written = write_durably(folder_ / "manifest.tsv", manifest_); !written)
            return written;
        auto file = File::open(folder_ / "manifest.tsv", OpenMode::read);
        if (!file) return std::unexpected(file.error());
        if (::syncfs(file->fd()) != 0)
            return fail(Errc::io, fmt::format("syncing {}", folder_.string()));
        return {};
    }
    std::uint64_t octets() const { return octets_; }
    // Messages whose stored octets are not what was archived: left out, and in the manifest.
    std::size_t damaged() const { return damaged_.size(); }

  private:
    using Places = std::vector<std::pair<const Item*, const store::Location*>>;

    // nullopt for a damaged message: one must not keep the others from being exported.
    Result<std::optional<Blob>> intact_octets(const Item& item) {
        auto octets = archive_.octets(item.message);
        if (octets) return std::optional(std::move(*octets));
        if (octets.error().code != Errc::corrupt) return std::unexpected(octets.error());
        if (damaged_.insert(item.message.digest).second) {
            fmt::print(stderr, "mailhold: left out, it is damaged: {}\n", octets.error().text);
            for (const auto& location : item.locations)
                manifest_ += manifest_row(item.message, "(damaged)", location);
        }
        return std::nullopt;
    }

    Status write_places(File& file, const std::string& name, const Places& places) {
        for (const auto& [item, location] : places) {
            auto octets = intact_octets(*item);
            if (!octets) return std::unexpected(octets.error());
            if (!*octets) continue;
            if (auto written = file.write(mbox_entry((*octets)->view(), location->internal_date));
                !written)
                return written;
            manifest_ += manifest_row(item->message, name, *location);
            note(*item);
        }
        return {};
    }
    void note(const Item& item) {
        octets_ += item.message.size;
        progress_.update({"exporting", ++done_, 0, octets_, "messages"});
    }

    const store::ArchiveReader& archive_;
    fs::path folder_;
    std::vector<Item> items_;
    std::string manifest_{manifest_head};
    std::set<Digest> damaged_;
    std::uint64_t done_ = 0, octets_ = 0;
    Progress progress_;
};

Result<std::vector<Item>> collect(const store::ArchiveReader& archive,
                                  const ExportOptions& options) {
    indexer::extract::Pool attachments(to_pool_options(options.place));
    auto hits = select(archive, options.query, attachments.extractor());
    if (!hits) return std::unexpected(hits.error());
    std::vector<Item> items;
    for (const auto& hit : *hits) {
        auto message = archive.message(hit.message);
        if (!message) return std::unexpected(message.error());
        auto locations = archive.locations(hit.message);
        if (!locations) return std::unexpected(locations.error());
        items.push_back({*message, std::move(*locations)});
    }
    return items;
}

}  // namespace

Result<int> export_messages(const ExportOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    auto archive = store::ArchiveReader::open(*data);
    if (!archive) return std::unexpected(archive.error());
    if (auto ready = prepare(options.output, options.existing); !ready)
        return std::unexpected(ready.error());
    auto items = collect(**archive, options);
    if (!items) return std::unexpected(items.error());
    auto count = items->size();
    const auto* const form = options.format == ExportFormat::eml ? "eml" : "mbox";
    if (auto noted = put_on_record(options.place, *data, store::Accessed::What::fetch,
                                   fmt::format("export of {} messages as {}: {}", count, form,
                                               options.query.empty() ? "all" : options.query));
        !noted)
        return std::unexpected(noted.error());

    Export work(**archive, options.output, std::move(*items));
    auto written = options.format == ExportFormat::eml ? work.write_eml() : work.write_mbox();
    if (written) written = work.finish();
    if (!written) return std::unexpected(written.error());
    fmt::print("exported {} messages ({}) to {}\n", grouped(count - work.damaged()),
               octets_text(work.octets()), options.output.string());
    if (work.damaged() > 0) {
        fmt::print(
            stderr,
            "mailhold: {} damaged messages were left out and stand in manifest.tsv as (damaged): "
            "`mailhold verify` says where, a backup of data/ledger has them\n",
            grouped(work.damaged()));
        return difference;
    }
    return count == 0 ? difference : success;
}

}  // namespace mailhold::cli
