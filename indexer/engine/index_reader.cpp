// The shards' readers together, all of about one moment. A snapshot that the writer has overtaken is
// taken anew and the question asked again.
#include <algorithm>
#include <limits>

#include "indexer/engine/document.hpp"
#include "indexer/engine/fuzzy_planner.hpp"
#include "indexer/engine/index.hpp"
#include "indexer/engine/planner.hpp"
#include "indexer/engine/postings_check.hpp"
#include "indexer/engine/shard_reader.hpp"
#include "indexer/engine/xapian_wall.hpp"
#include "indexer/text/fold.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr int most_retries = 5;  // a writer that commits this often during one question is not ours

bool is_there(const std::filesystem::path& folder) {
    std::error_code problem;
    return std::filesystem::exists(shard_folder(folder, 0), problem);
}

std::unexpected<Error> no_index(const std::filesystem::path& folder) {
    return fail(Errc::not_found, fmt::format("no index in {}", folder.string()));
}

std::unexpected<Error> no_answer() {
    return fail(Errc::cancelled, "the question was given up");
}

// Of all shards, by message number.
Result<Candidates> joined(const std::vector<Result<ShardAnswer>>& answers) {
    const auto shards = static_cast<std::uint32_t>(answers.size());
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < shards; ++i) {
        if (!answers[i]) return std::unexpected(answers[i].error());
        const auto last_docid = answers[i]->certain.last();
        if (last_docid != 0) last = std::max(last, number_of(last_docid, i, shards));
    }
    Candidates out{DocSet(last), DocSet(last)};
    for (std::uint32_t i = 0; i < shards; ++i) {
        const auto put = [&](DocSet& into) {
            return [&into, i, shards](auto docid) { into.insert(number_of(docid, i, shards)); };
        };
        answers[i]->certain.each(put(out.certain));
        if (!answers[i]->maybe) out.maybe.reset();
        if (out.maybe) answers[i]->maybe->each(put(*out.maybe));
    }
    return out;
}

}  // namespace

Result<MessageNumber> indexed_through(const std::filesystem::path& folder) {
    if (!is_there(folder)) return no_index(folder);
    return wall("read how far the index is", [&] {
        std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
        std::uint32_t shards = 1;
        for (std::uint32_t shard = 0; shard < shards; ++shard) {
            const auto found = position_of(shard_folder(folder, shard));
            shards = found.shards;
            least = std::min(least, found.position);
        }
        return MessageNumber{least};
    });
}

struct IndexReader::Parts {
    std::vector<std::unique_ptr<ShardReader>> shards;

    std::uint32_t count() const { return static_cast<std::uint32_t>(shards.size()); }
    ShardReader& shard_of(MessageNumber message) {
        return *shards[engine::shard_of(message, count())];
    }
    void reopen() {
        std::ranges::for_each(shards, [](auto& shard) { shard->reopen(); });
    }

    // Asks, and asks again on a newer snapshot for as long as the writer overtakes.
    template <class F>
    auto ask(std::string_view doing, F&& question) {
        return wall(doing, [&] {
            for (int retries = 0;; ++retries) {
                try {
                    return question();
                } catch (const Xapian::DatabaseModifiedError&) {
                    if (retries == most_retries) throw;
                    reopen();
                }
            }
        });
    }
};

IndexReader::IndexReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
IndexReader::~IndexReader() = default;

Result<std::unique_ptr<IndexReader>> IndexReader::open(const std::filesystem::path& folder) {
    if (!is_there(folder)) return no_index(folder);
    auto parts = std::make_unique<Parts>();
    auto opened = wall("open for reading", [&] {
        do {
            const auto next = shard_folder(folder, parts->count());
            parts->shards.push_back(std::make_unique<ShardReader>(next));
        } while (parts->count() < parts->shards.front()->shards());
    });
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<IndexReader>(new IndexReader(std::move(parts)));
}

Status IndexReader::reopen() {
    return wall("reopen", [&] { parts_->reopen(); });
}

void IndexReader::rest() {
    std::ranges::for_each(parts_->shards, [](auto& shard) { shard->rest(); });
}

MessageNumber IndexReader::through() const {
    std::uint32_t least = parts_->shards.front()->through();
    for (const auto& shard : parts_->shards) least = std::min(least, shard->through());
    return MessageNumber{least};
}

Result<std::unique_ptr<IndexReader>> IndexReader::another() const {
    auto parts = std::make_unique<Parts>();
    auto opened = wall("open for reading", [&] {
        for (const auto& shard : parts_->shards)
            parts->shards.push_back(std::make_unique<ShardReader>(*shard));
    });
    if (!opened) return std::unexpected(opened.error());
    return std::unique_ptr<IndexReader>(new IndexReader(std::move(parts)));
}

std::vector<IndexMark> IndexReader::marks() const {
    std::vector<IndexMark> out;
    for (const auto& shard : parts_->shards)
        out.push_back({MessageNumber{shard->through()}, shard->mark()});
    return out;
}

Result<Candidates> IndexReader::candidates(const query::TextKey& key,
                                           const std::function<bool()>& give_up,
                                           const Spread& spread) {
    const auto needle = text::fold(key.needle);
    std::vector<Result<ShardAnswer>> answers(parts_->count(), no_answer());
    const Job ask = [&](std::size_t i, IndexReader& reader) {
        if (i > 0 && give_up && give_up()) return;
        const Patience patience(give_up);
        answers[i] = reader.parts_->ask("find candidates", [&]() -> Result<ShardAnswer> {
            const auto& shard = *reader.parts_->shards.at(i);
            auto answer = key.matching == query::Matching::fuzzy
                              ? FuzzyPlanner(shard, patience).answer(key, needle)
                              : Planner(shard, patience).answer(key, needle);
            if (patience.is_over()) return no_answer();
            return answer;
        });
    };
    if (spread) {
        spread(answers.size(), ask);
    } else {
        for (std::size_t i = 0; i < answers.size(); ++i) ask(i, *this);
    }
    return joined(answers);
}

Result<Facts> IndexReader::facts(MessageNumber number) {
    const auto name = mailhold::number(number);
    if (name == 0 || number > through())
        return fail(Errc::not_found, fmt::format("message {} is not indexed", name));
    return parts_->shard_of(number).view().column(docid_of(number, parts_->count())).facts;
}

Result<text::SearchText> IndexReader::text(MessageNumber number, text::HeadParts parts) {
    const auto name = mailhold::number(number);
    if (name == 0 || number > through())
        return fail(Errc::not_found, fmt::format("message {} is not indexed", name));
    return parts_->ask("read a text", [&]() -> Result<text::SearchText> {
        auto text = parts_->shard_of(number).text(docid_of(number, parts_->count()), parts);
        if (text) return std::move(*text);
        return fail(Errc::limit, fmt::format("message {} is too large for the index", name));
    });
}

Result<std::uint64_t> IndexReader::check(MessageNumber number, const text::SearchText& text) {
    const auto stored = this->text(number);
    const auto differs = [&](const char* what) {
        return fail(Errc::corrupt, fmt::format("index: message {} has another {}",
                                               mailhold::number(number), what));
    };
    const auto octets = text::serialise(text);
    if (!stored && (stored.error().code != Errc::limit || octets.size() <= largest_kept_text))
        return std::unexpected(stored.error());
    if (stored && text::serialise(*stored) != octets) return differs("text");
    return parts_->ask("check a message", [&]() -> Result<std::uint64_t> {
        const auto& view = parts_->shard_of(number).view();
        const auto docid = docid_of(number, parts_->count());
        const auto described = describe(text);
        if (view.column(docid).facts != described.facts) return differs("date or attachment");
        if (!view.holds(docid, described.filter)) return differs("filter");
        std::uint64_t sum = 0;
        for (const auto& term : described.terms) sum += hash_of_term(term);
        return sum;
    });
}

Result<std::vector<MessageNumber>> IndexReader::check_terms(
    std::span<const std::optional<std::uint64_t>> sums) {
    return parts_->ask("check the terms", [&]() -> Result<std::vector<MessageNumber>> {
        const auto shards = parts_->count();
        std::vector<MessageNumber> others;
        for (std::uint32_t i = 0; i < shards; ++i) {
            const auto found = check_postings(*parts_->shards[i]);
            if (!found.unknown.empty())
                return fail(Errc::corrupt, "index: the lexicon lacks a term");
            for (std::uint32_t docid = 1; docid <= found.sums.size(); ++docid) {
                const auto n = number_of(docid, i, shards);
                if (n > sums.size() || !sums[n - 1]) continue;
                if (*sums[n - 1] != found.sums[docid - 1]) others.push_back(MessageNumber{n});
            }
        }
        return others;
    });
}

}  // namespace mailhold::indexer::engine
