// The index and the catalog's summaries against the archive, message by message; removal of the
// index.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/pipeline.hpp"
#include "indexer/pipeline/prepare.hpp"
#include "store/base/file.hpp"

namespace mailhold::indexer::pipeline {
namespace {

constexpr std::size_t problem_limit = 1000;  // more of them say nothing new
constexpr std::uint32_t progress_every = 100;

// Whether both were read from the same parts, but one of them might come out otherwise another time.
bool differ_by_chance(const std::vector<text::AttachmentState>& a,
                      const std::vector<text::AttachmentState>& b) {
    if (!std::ranges::equal(a, b, {}, &text::AttachmentState::number,
                            &text::AttachmentState::number))
        return false;
    return !std::ranges::equal(a, b, [](const auto& one, const auto& other) {
        return one.maker != 0 && one.maker == other.maker;
    });
}

// nullopt where chance decides.
Result<std::optional<std::uint64_t>> check(engine::IndexReader& reader, MessageNumber number,
                                           text::SearchText now) {
    if (!now.states.empty()) {
        auto stored = reader.text(number);
        if (!stored) {
            // Too large to be kept: what chance would give now says nothing about its terms.
            if (stored.error().code == Errc::limit && differ_by_chance(now.states, now.states))
                return std::nullopt;
        } else if (differ_by_chance(now.states, stored->states)) {
            now.attachments = std::move(stored->attachments);
            now.states = std::move(stored->states);
        }
    }
    return reader.check(number, now);
}

// The catalog may lack a summary; where it has one it is what the octets give. `now` is empty where
// they are damaged, which the ledger's own verification tells.
Status check_summary(const store::ArchiveReader& archive, MessageNumber number,
                     const store::Summary& now) {
    const auto kept = archive.summaries({&number, 1});
    if (!kept) return std::unexpected(kept.error());
    if (!kept->front() || now.body.empty() || *kept->front() == now) return {};
    return fail(Errc::corrupt,
                "the ENVELOPE or BODYSTRUCTURE it keeps is not what the octets "
                "give; `mailhold rebuild` makes it anew");
}

}  // namespace

Result<std::vector<store::Problem>> verify_index(
    const store::ArchiveReader& archive, const text::Extractor& extractor,
    const std::function<void(store::Progress)>& on_progress) {
    std::vector<store::Problem> problems;
    const auto report = [&](std::string where, const std::string& what) {
        if (problems.size() < problem_limit) problems.push_back({std::move(where), what});
    };
    const auto totals = archive.totals();
    if (!totals) return std::unexpected(totals.error());
    const auto reader = engine::IndexReader::open(archive.index_folder());
    // No index is no difference: the next pipeline makes it, and until then every message is
    // matched directly.
    if (!reader && reader.error().code != Errc::not_found) report("index", reader.error().text);
    const auto through = reader ? number((*reader)->through()) : 0;
    if (reader && !belongs_to(archive, (*reader)->marks()))
        report("index", "it was made from other messages than the archive's");
    std::vector<std::optional<std::uint64_t>> sums;
    for (std::uint32_t n = 1; n <= totals->messages && problems.size() < problem_limit; ++n) {
        const auto message = archive.message(MessageNumber{n});
        if (!message) return std::unexpected(message.error());
        auto now = prepare(archive, *message, extractor);
        if (!now) return std::unexpected(now.error());
        if (auto checked = check_summary(archive, MessageNumber{n}, now->summary); !checked)
            report(fmt::format("catalog, message {}", n), checked.error().text);
        if (n <= through) {
            const auto checked = check(**reader, MessageNumber{n}, std::move(now->text));
            if (!checked) report(fmt::format("index, message {}", n), checked.error().text);
            sums.push_back(checked.value_or(std::nullopt));
        }
        if (on_progress && (n % progress_every == 0 || n == totals->messages))
            on_progress({n, totals->messages});
    }
    if (!reader) return problems;
    const auto others = (*reader)->check_terms(sums);
    if (!others) report("index", others.error().text);
    for (const auto number : others.value_or(std::vector<MessageNumber>())) {
        report(fmt::format("index, message {}", mailhold::number(number)),
               "its terms are not those of its text");
    }
    return problems;
}

bool belongs_to(const store::ArchiveReader& archive, const std::vector<engine::IndexMark>& marks) {
    return std::ranges::all_of(marks, [&](const engine::IndexMark& mark) {
        const auto lineage = archive.lineage(mark.through);
        return number(mark.through) == 0 || (lineage && to_hex(*lineage) == mark.mark);
    });
}

Status discard_index(store::Archive& archive) {
    const auto folder = archive.index_folder();
    std::error_code problem;
    std::filesystem::remove_all(folder, problem);
    if (problem)
        return fail(Errc::io,
                    fmt::format("remove the index {}: {}", folder.string(), problem.message()));
    return sync_folder(folder.parent_path());
}

}  // namespace mailhold::indexer::pipeline
