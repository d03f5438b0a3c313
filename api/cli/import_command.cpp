// mailhold import: mail from files into an account of the archive, then indexed.
#include <fmt/format.h>

#include <algorithm>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/progress.hpp"
#include "api/cli/wiring.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "intake/importer.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {
namespace {

constexpr std::size_t named = 10;  // of the files that are left out

void tell_left_out(const std::vector<std::filesystem::path>& files) {
    if (files.empty()) return;
    fmt::print(stderr, "mailhold: {} files are not mail and are left out:\n",
               grouped(files.size()));
    for (std::size_t i = 0; i < std::min(files.size(), named); ++i)
        fmt::print(stderr, "  {}\n", files[i].string());
    if (files.size() > named) fmt::print(stderr, "  and {} more\n", grouped(files.size() - named));
}

// One that is configured mirrors its origin, or is about to.
Status check_account(const ImportOptions& options) {
    if (!options.place.data.empty()) return {};
    const auto config = load_config(options.place);
    if (!config) return std::unexpected(config.error());
    if (std::ranges::find(config->accounts, options.account, &config::Account::name) ==
        config->accounts.end())
        return {};
    return fail(Errc::invalid,
                fmt::format("account {} is configured to mirror an origin: import into "
                            "an account of another name",
                            options.account));
}

}  // namespace

Result<int> import_files(const ImportOptions& options) {
    const auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    if (auto good = check_account(options); !good) return std::unexpected(good.error());
    std::vector<intake::FoundMail> found;
    for (const auto& path : options.paths) {
        auto mail = intake::find_mail(path, options.mailbox, options.format);
        if (!mail) return std::unexpected(mail.error());
        found.push_back(std::move(*mail));
    }
    auto archive = store::Archive::open(*data);
    if (!archive) return std::unexpected(archive.error());
    Progress progress;
    intake::ImportReport sum;
    for (const auto& mail : found) {
        auto report = intake::import_mail(
            **archive, options.account, mail, {.unquote = options.unquote}, [&](store::Progress p) {
                progress.update({"importing", p.done, p.total, 0, "octets"});
            });
        progress.finish();
        if (!report) return std::unexpected(report.error());
        sum.messages += report->messages;
        sum.known += report->known;
        sum.octets += report->octets;
        std::ranges::move(report->failures, std::back_inserter(sum.failures));
    }
    indexer::extract::Pool attachments(to_pool_options(options.place));
    auto pipeline = indexer::pipeline::Pipeline::start(
        **archive, {.parse_threads = work_threads(), .extractor = attachments.extractor()});
    if (!pipeline) return std::unexpected(pipeline.error());
    auto indexed = (*pipeline)->catch_up(
        [&](store::Progress p) { progress.update({"indexing", p.done, p.total, 0, "messages"}); });
    progress.finish();
    if (!indexed) return std::unexpected(indexed.error());

    fmt::print("{}: {} messages imported ({} read), {} were there already\n", options.account,
               grouped(sum.messages), octets_text(sum.octets), grouped(sum.known));
    std::fflush(stdout);
    for (const auto& mail : found) tell_left_out(mail.not_mail);
    for (const auto& failure : sum.failures)
        fmt::print(stderr, "mailhold: not imported: {}\n", failure);
    return sum.failures.empty() ? success : difference;
}

}  // namespace mailhold::cli
