#include "indexer/engine/shard_writer.hpp"

#include <array>
#include <iterator>
#include <span>
#include <utility>

#include "indexer/engine/xapian_wall.hpp"

namespace mailhold::indexer::engine {
namespace {

constexpr std::size_t known_limit = 200'000;  // terms remembered as being in the lexicon
constexpr std::uint32_t least_growth = 300;   // documents before terms are compacted
// The dictionaries that a shard has one after the other: documents before it is made, its octets.
struct DictionaryStep {
    std::uint32_t documents;
    std::size_t size;
};
constexpr std::array<DictionaryStep, 3> dictionary_steps{
    {{64, 32 << 10}, {1024, 110 << 10}, {8192, 110 << 10}}};
constexpr std::size_t least_samples = 50;
constexpr std::size_t samples_limit = 512 << 10;  // octets that a dictionary is learnt from
constexpr std::size_t largest_sample = 10 << 10;
constexpr std::size_t chunk_limit = 32 * 1024;  // a lexicon chunk grows no further by small commits

std::filesystem::path compacted_folder(const std::filesystem::path& shard) {
    return shard / "terms.compacted";
}

// Cut to what counts. A file that is shorter than that is damaged.
Result<File> open_appended(const std::filesystem::path& path, std::uint64_t size) {
    auto file = File::open(path, OpenMode::append);
    if (!file) return file;
    const auto found = file->size();
    if (!found) return std::unexpected(found.error());
    if (*found < size)
        return fail(Errc::corrupt, fmt::format("index: {} was cut short", path.string()));
    if (*found > size) {
        if (auto cut = file->truncate(size); !cut) return std::unexpected(cut.error());
    }
    return file;
}

// What opening cannot do without is Xapian's to refuse, so that all of it takes one way.
template <class T>
T must(Result<T> result) {
    if (result) return std::move(*result);
    if (result.error().code == Errc::no_space)
        throw Xapian::DatabaseError(result.error().text, "", ENOSPC);
    throw Xapian::DatabaseOpeningError(result.error().text);
}

}  // namespace

ShardWriter::ShardWriter(const std::filesystem::path& folder, std::uint32_t shards)
    : folder_(folder) {
    if (auto made = make_folder(folder); !made)
        throw Xapian::DatabaseOpeningError(made.error().text);
    std::error_code ignored;
    std::filesystem::remove_all(compacted_folder(folder_), ignored);  // a crash left it
    open_terms();
    const std::string found = terms_.get_metadata(format_key);
    const std::string count = fmt::format("{}", shards);
    if (found.empty() && terms_.get_lastdocid() == 0) {
        terms_.set_metadata(format_key, format);
        terms_.set_metadata(shards_key, count);
        terms_.set_metadata(making_key, terms_.get_uuid());
        terms_.set_metadata(state_key, encode(ShardState{}));
        terms_.commit();
    } else if (found != format || terms_.get_metadata(shards_key) != count) {
        throw Xapian::DatabaseVersionError("an index of another format");
    }
    const auto state = decode_state(terms_.get_metadata(state_key));
    if (!state || state->documents != terms_.get_lastdocid())
        throw Xapian::DatabaseCorruptError("its documents are not those of its state");
    state_ = *state;
    mark_ = terms_.get_metadata(mark_key);
    through_ = state_.position;
    chunk_ = last_chunk(terms_);
    chunk_text_ = terms_.get_metadata(lexicon_key(chunk_));
    open_files();
    terms_.begin_transaction();
}

void ShardWriter::open_terms() {
    constexpr int flags =
        Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_TERMLIST;
    terms_ = Xapian::WritableDatabase(terms_folder(folder_).string(), flags);
    compacted_ = number_in(terms_, compacted_key);
}

void ShardWriter::open_files() {
    texts_ = must(open_appended(folder_ / "texts", state_.texts));
    columns_ =
        must(open_appended(folder_ / "columns", std::uint64_t{column_size} * state_.documents));
    slabs_ = must(open_appended(folder_ / "slabs", state_.slabs));
    tail_ = must(open_appended(tail_file(folder_, state_.in_slabs), state_.tail));
    const auto octets = must(tail_.read_at(0, state_.tail));
    for (std::string_view rest = octets; !rest.empty();) {
        if (!read_entries(rest, tail_entries_.emplace_back()))
            throw Xapian::DatabaseCorruptError("its tail is damaged");
    }
    if (tail_entries_.size() != state_.in_tail())
        throw Xapian::DatabaseCorruptError("its tail is not that of its state");
    read_dictionary();
    // A power cut must not take the names of what is committed.
    if (auto named = sync_folder(folder_); !named)
        throw Xapian::DatabaseOpeningError(named.error().text);
    find_old_tails();
    remove_old_tails();
}

void ShardWriter::read_dictionary() {
    if (state_.dictionary == 0) return;
    Decompressor decompressor;
    const auto octets = read_entry(texts_, state_.dictionary, decompressor);
    const auto dictionary = octets ? decode_dictionary(*octets) : std::nullopt;
    if (!dictionary) throw Xapian::DatabaseCorruptError("a dictionary of its texts is damaged");
    compressor_.use(dictionary->octets);
}

// Those that a crash left.
void ShardWriter::find_old_tails() {
    const auto current = tail_file(folder_, state_.in_slabs);
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
        const auto& path = entry.path();
        if (path != current && path.filename().string().starts_with("tail-"))
            old_tails_.push_back(path);
    }
}

void ShardWriter::remove_old_tails() {
    std::error_code ignored;
    for (const auto& path : old_tails_) std::filesystem::remove(path, ignored);
    old_tails_.clear();
}

Status ShardWriter::add(const text::SearchText& text) {
    broken_ = true;  // until all of this is done
    auto described = describe(text);
    Xapian::Document document;
    for (const auto& term : described.terms) {
        learn(term);
        document.add_boolean_term(term);
    }
    terms_.add_document(document);

    const auto octets = text::serialise(text);
    const bool keep = octets.size() <= largest_kept_text;
    waiting_columns_ += encode(Column{state_.texts, keep, described.facts});
    ++state_.documents;
    if (keep) {
        if (auto added = add_text(octets); !added) return added;
    }

    const auto entries = write_entries(described.filter);
    if (auto written = tail_.write(entries); !written) return written;
    state_.tail += entries.size();
    tail_entries_.push_back(std::move(described.filter));
    if (tail_entries_.size() == slab_messages) {
        if (auto made = make_slab_of(slab_messages); !made) return made;
    }
    broken_ = false;
    return {};
}

Status ShardWriter::add_text(std::string_view octets) {
    const auto entry = make_entry(compressor_, octets);
    if (auto written = texts_.write(entry); !written) return written;
    state_.texts += entry.size();
    if (state_.dictionaries == dictionary_steps.size()) return {};
    if (octets.size() <= largest_sample) {
        samples_octets_ += samples_.emplace_back(octets).size();
        for (; samples_octets_ > samples_limit; samples_.pop_front())
            samples_octets_ -= samples_.front().size();
    }
    if (state_.documents < dictionary_steps[state_.dictionaries].documents ||
        samples_.size() < least_samples)
        return {};
    return learn_dictionary();
}

// A dictionary from the newest texts, for those to come. Where none can be made of them, later ones
// may do.
Status ShardWriter::learn_dictionary() {
    const std::vector samples(std::move_iterator(samples_.begin()),
                              std::move_iterator(samples_.end()));
    samples_.clear();
    samples_octets_ = 0;
    const auto dictionary = make_dictionary(samples, dictionary_steps[state_.dictionaries].size);
    if (dictionary.empty()) return {};
    compressor_.use({});
    const auto entry =
        make_entry(compressor_, encode(DictionaryEntry{state_.dictionary, dictionary}));
    if (auto written = texts_.write(entry); !written) return written;
    state_.dictionary = state_.texts;
    state_.texts += entry.size();
    ++state_.dictionaries;
    compressor_.use(dictionary);
    return {};
}

// Of the first in the tail, whose file stays until the slab is committed.
Status ShardWriter::make_slab_of(std::uint32_t messages) {
    const auto slab = make_slab(std::span(tail_entries_).first(messages));
    if (auto written = slabs_.write(slab); !written) return written;
    if (auto synced = slabs_.sync(); !synced) return synced;
    old_tails_.push_back(tail_file(folder_, state_.in_slabs));
    state_.slabs += slab.size();
    state_.in_slabs += messages;
    tail_entries_.erase(tail_entries_.begin(), tail_entries_.begin() + messages);
    auto next = open_appended(tail_file(folder_, state_.in_slabs), 0);
    if (!next) return std::unexpected(next.error());
    tail_ = std::move(*next);
    state_.tail = 0;
    for (const auto& entries : tail_entries_) {
        const auto octets = write_entries(entries);
        if (auto written = tail_.write(octets); !written) return written;
        state_.tail += octets.size();
    }
    if (auto synced = tail_.sync(); !synced) return synced;
    return sync_folder(folder_);
}

Status ShardWriter::commit(MessageNumber through, std::string_view mark) {
    broken_ = true;
    if (auto written = columns_.write(std::exchange(waiting_columns_, {})); !written)
        return written;
    for (File* file : {&texts_, &columns_, &tail_}) {
        if (auto synced = file->sync(); !synced) return synced;
    }
    if (!new_terms_.empty()) {
        if (chunk_text_.size() > chunk_limit) {
            ++chunk_;
            chunk_text_.clear();
        }
        chunk_text_ += new_terms_;
        terms_.set_metadata(lexicon_key(chunk_), chunk_text_);
    }
    state_.position = number(through);
    terms_.set_metadata(state_key, encode(state_));
    terms_.set_metadata(mark_key, std::string(mark));
    terms_.commit_transaction();
    mark_ = mark;
    new_terms_.clear();
    through_ = number(through);
    remove_old_tails();
    terms_.begin_transaction();
    broken_ = false;
    return {};
}

bool ShardWriter::wants_compaction() const {
    return state_.documents > compacted_ + compacted_ / 4 + least_growth;
}

// Who opens the terms anew walks all of them; who has followed sees that the chunks are gone.
void ShardWriter::forget_chunks() {
    for (auto chunk = first_chunk(terms_); chunk <= chunk_; ++chunk)
        terms_.set_metadata(lexicon_key(chunk), {});
    terms_.set_metadata(forgotten_key, forgotten_text(chunk_, chunk_text_.size()));
    terms_.set_metadata(first_chunk_key, fmt::format("{}", ++chunk_));
    chunk_text_.clear();
}

Status ShardWriter::compact() {
    broken_ = true;
    const auto old = terms_folder(folder_);
    const auto made = compacted_folder(folder_);
    if (const auto whole = state_.in_tail() / 64 * 64; whole > 0) {
        if (auto slab = make_slab_of(whole); !slab) return slab;
        terms_.set_metadata(state_key, encode(state_));
    }
    terms_.set_metadata(compacted_key, fmt::format("{}", state_.documents));
    forget_chunks();
    terms_.commit_transaction();
    remove_old_tails();
    terms_.close();
    std::error_code problem;
    std::filesystem::remove_all(made, problem);
    Xapian::Database(old.string()).compact(made.string(), Xapian::DBCOMPACT_NO_RENUMBER);
    if (auto exchanged = exchange_durably(old, made); !exchanged) return exchanged;
    std::filesystem::remove_all(made, problem);
    open_terms();
    terms_.begin_transaction();
    broken_ = false;
    return {};
}

// A term that no document has yet is new to the lexicons of those who read.
void ShardWriter::learn(const std::string& term) {
    if (known_.contains(term)) return;
    if (!terms_.term_exists(term)) {
        new_terms_ += term;
        new_terms_ += '\n';
    }
    if (known_.size() >= known_limit) known_.clear();
    known_.insert(term);
}

}  // namespace mailhold::indexer::engine
