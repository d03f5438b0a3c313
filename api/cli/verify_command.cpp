// mailhold verify: the ledger against itself and its signatures, catalog and index against the
// ledger.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "api/cli/progress.hpp"
#include "api/cli/wiring.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {
namespace {

namespace json = boost::json;

void print_text(const store::Verification& proof) {
    for (const auto& problem : proof.problems) fmt::print("{}: {}\n", problem.where, problem.what);
    fmt::print("{} records, {} messages ({}), {} checkpoints\nroot {}\nkey  {}\n",
               grouped(proof.records), grouped(proof.messages), octets_text(proof.octets),
               grouped(proof.checkpoints), proof.root, proof.key);
    if (proof.problems.empty())
        fmt::print("verified: nothing is missing, nothing was altered\n");
    else
        fmt::print("NOT verified: {} differences, listed above\n", grouped(proof.problems.size()));
}

void print_json(const store::Verification& proof) {
    json::array problems;
    for (const auto& problem : proof.problems)
        problems.push_back({{"where", problem.where}, {"what", problem.what}});
    fmt::print("{}\n", json::serialize(json::object{{"verified", proof.problems.empty()},
                                                    {"records", proof.records},
                                                    {"messages", proof.messages},
                                                    {"octets", proof.octets},
                                                    {"checkpoints", proof.checkpoints},
                                                    {"root", proof.root},
                                                    {"key", proof.key},
                                                    {"problems", std::move(problems)}}));
}

}  // namespace

Result<int> verify(const VerifyOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    Progress progress;
    auto proof = store::verify(*data, [&](store::Progress p) {
        progress.update({"checking the ledger", p.done, p.total, 0, "octets"});
    });
    if (!proof) return std::unexpected(proof.error());
    if (auto archive = store::ArchiveReader::open(*data)) {
        indexer::extract::Pool attachments(to_pool_options(options.place));
        auto problems = indexer::pipeline::verify_index(
            **archive, attachments.extractor(), [&](store::Progress p) {
                progress.update({"checking the index", p.done, p.total, 0, "messages"});
            });
        if (problems)
            proof->problems.insert(proof->problems.end(), problems->begin(), problems->end());
        else
            proof->problems.push_back(
                {"index", "it could not be checked: " + problems.error().text});
    }  // A catalog that cannot be opened is among the problems already.
    progress.finish();
    options.output == Output::json ? print_json(*proof) : print_text(*proof);
    return proof->problems.empty() ? success : difference;
}

}  // namespace mailhold::cli
