// The index against the archive, message by message, and its removal.
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

}  // namespace

Result<std::vector<store::Problem>> verify_index(
    const store::ArchiveReader& archive, const text::Extractor& extractor,
    const std::function<void(store::Progress)>& on_progress) {
    std::vector<store::Problem> problems;
    const auto totals = archive.totals();
    if (!totals) return std::unexpected(totals.error());
    const auto reader = engine::IndexReader::open(archive.index_folder());
    if (!reader) {
        // No index is no difference: the next pipeline makes it, and until then every message is
        // matched directly.
        if (reader.error().code == Errc::not_found) return problems;
        problems.push_back({"index", reader.error().text});
        return problems;
    }
    const auto through = number((*reader)->through());
    if (through > totals->messages) {
        problems.push_back({"index", fmt::format("it claims {} messages, the archive has {}",
                                                 through, totals->messages)});
    }
    if (!belongs_to(archive, (*reader)->marks()))
        problems.push_back({"index", "it was made from other messages than the archive's"});
    std::vector<std::optional<std::uint64_t>> sums;
    for (std::uint32_t n = 1;
         n <= through && n <= totals->messages && problems.size() < problem_limit; ++n) {
        auto text = search_text(archive, MessageNumber{n}, extractor);
        if (!text) return std::unexpected(text.error());
        const auto checked = check(**reader, MessageNumber{n}, std::move(*text));
        if (!checked)
            problems.push_back({fmt::format("index, message {}", n), checked.error().text});
        sums.push_back(checked.value_or(std::nullopt));
        if (on_progress && (n % progress_every == 0 || n == through)) on_progress({n, through});
    }
    const auto others = (*reader)->check_terms(sums);
    if (!others) {
        problems.push_back({"index", others.error().text});
        return problems;
    }
    for (const auto number : *others) {
        if (problems.size() >= problem_limit) break;
        problems.push_back({fmt::format("index, message {}", mailhold::number(number)),
                            "its terms are not those of its text"});
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
