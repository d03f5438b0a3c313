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

Status check(engine::IndexReader& reader, MessageNumber number, text::SearchText now) {
    if (!now.states.empty()) {
        auto stored = reader.text(number);
        if (!stored) {
            // Too large to be kept: what chance would give now says nothing about its terms.
            if (stored.error().code == Errc::limit && differ_by_chance(now.states, now.states))
                return {};
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
    const auto totals = archive.totals();
    if (!totals) return std::unexpected(totals.error());
    const auto reader = engine::IndexReader::open(archive.index_folder());
    // No index is no difference: the next pipeline makes it, and until then every message is
    // matched directly.
    if (!reader && reader.error().code != Errc::not_found)
        problems.push_back({"index", reader.error().text});
    const auto through = reader ? number((*reader)->through()) : 0;
    if (through > totals->messages) {
        problems.push_back({"index", fmt::format("it claims {} messages, the archive has {}",
                                                 through, totals->messages)});
    }
    if (reader) {
        if (auto checked = (*reader)->check_lexicon(); !checked)
            problems.push_back({"index", checked.error().text});
    }
    for (std::uint32_t n = 1; n <= totals->messages && problems.size() < problem_limit; ++n) {
        const auto message = archive.message(MessageNumber{n});
        if (!message) return std::unexpected(message.error());
        auto now = prepare(archive, *message, extractor);
        if (!now) return std::unexpected(now.error());
        if (auto checked = check_summary(archive, MessageNumber{n}, now->summary); !checked)
            problems.push_back({fmt::format("catalog, message {}", n), checked.error().text});
        if (n <= through) {
            if (auto checked = check(**reader, MessageNumber{n}, std::move(now->text)); !checked)
                problems.push_back({fmt::format("index, message {}", n), checked.error().text});
        }
        if (on_progress && (n % progress_every == 0 || n == totals->messages))
            on_progress({n, totals->messages});
    }
    return problems;
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
