#include "indexer/engine/shard_memory.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "indexer/engine/xapian_wall.hpp"

namespace mailhold::indexer::engine {
namespace {

// Bytes that the state counts are there, unless the file is damaged.
template <class T>
T must(Result<T> result) {
    if (!result) throw Xapian::DatabaseCorruptError(result.error().text);
    return std::move(*result);
}

}  // namespace

Column ShardView::column(Xapian::docid docid) const {
    const auto place = docid - 1;
    const auto* at = columns_[place / chunk_columns]->data() + place % chunk_columns * column_size;
    return decode_column({at, column_size});
}

SlabMask ShardView::holders(const Slab& slab, FilterKind kind,
                            const FilterProbe::Part& part) const {
    SlabMask mask{};
    for (const auto& entry : part) {
        const auto place = slab.shape->group_of(kind, entry.coarse);
        const auto group = must(slab_file_->read_at(slab.offset + place.offset, place.size));
        if (!slab.shape->read_group(group, entry.fine, mask))
            throw Xapian::DatabaseCorruptError("a filter is damaged");
    }
    return mask;
}

void ShardView::narrow(DocSet& set, const FilterProbe& probe) const {
    const auto words = set.words();
    for (const auto& slab : slabs_) {
        const std::size_t first = slab.first / 64, count = slab.shape->messages / 64;
        if (first >= words.size()) break;
        const auto mine = words.subspan(first, std::min(count, words.size() - first));
        for (const auto& part : probe.parts) {
            if (std::ranges::all_of(mine, [](auto word) { return word == 0; })) break;
            const auto mask = holders(slab, probe.kind, part);
            for (std::size_t i = 0; i < mine.size(); ++i) mine[i] &= mask[i];
        }
    }
    auto docid = Xapian::docid{state_.in_slabs};
    for (const auto& entries : tail_) {
        if (set.holds(++docid) && !may_hold(*entries, probe)) set.erase(docid);
    }
}

bool ShardView::holds(Xapian::docid docid, const FilterEntries& entries) const {
    const auto place = docid - 1;
    if (place >= state_.in_slabs) return *tail_[place - state_.in_slabs] == entries;
    const auto& slab = *std::prev(std::ranges::upper_bound(slabs_, place, {}, &Slab::first));
    const auto message = place - slab.first;
    const auto may_have = [&](FilterKind kind, std::uint32_t hash) {
        return (holders(slab, kind, {entry_of(kind, hash)})[message / 64] >> message % 64 & 1) != 0;
    };
    for (std::size_t i = 0; i < filter_kinds; ++i) {
        const auto kind = static_cast<FilterKind>(i);
        for (const auto hash : entries.hashes[i])
            if (!may_have(kind, hash)) return false;
        for (std::uint32_t fine = 0; entries.everything[i] && fine < fines(kind); ++fine)
            if (!may_have(kind, fine)) return false;
    }
    return true;
}

ShardMemory::ShardMemory(std::filesystem::path folder)
    : folder_(std::move(folder)),
      texts_(must(File::open(folder_ / "texts", OpenMode::read))),
      columns_(must(File::open(folder_ / "columns", OpenMode::read))),
      slabs_(std::make_shared<File>(must(File::open(folder_ / "slabs", OpenMode::read)))) {}

std::shared_ptr<const ShardView> ShardMemory::view(const Xapian::Database& snapshot,
                                                   const ShardState& state) {
    const std::lock_guard lock(mutex_);
    if (newest_ && newest_->state().documents >= state.documents) return newest_;
    auto next = newest_ ? std::make_shared<ShardView>(*newest_) : std::make_shared<ShardView>();
    next->slab_file_ = slabs_;
    if (!follows_terms(snapshot)) read_all_terms(snapshot);
    read_new_terms(snapshot);
    next->lexicon_ = lexicon_;
    read_columns(*next, state);
    read_slabs(*next, state);
    read_tail(*next, state);
    read_dictionaries(*next, state);
    next->state_ = state;
    newest_ = std::move(next);
    return newest_;
}

// Whether the chunks that are there begin where reading stopped.
bool ShardMemory::follows_terms(const Xapian::Database& snapshot) {
    if (!lexicon_) return false;
    if (chunk_ >= first_chunk(snapshot)) return true;
    if (snapshot.get_metadata(forgotten_key) != forgotten_text(chunk_, consumed_)) return false;
    chunk_ = first_chunk(snapshot);
    consumed_ = 0;
    return true;
}

// Every term there is is of the lexicon, a new one: others may be reading the old. Where the writer
// overtakes the walk, it goes on behind the last term; those that are new before it stand in the
// chunks from here on.
void ShardMemory::read_all_terms(const Xapian::Database& snapshot) {
    lexicon_.reset();  // until all is read: an error must not leave it without what was forgotten
    chunk_ = last_chunk(snapshot);
    consumed_ = snapshot.get_metadata(lexicon_key(chunk_)).size();
    Xapian::Database terms(terms_folder(folder_).string());
    std::string all;
    for (std::string next;;) {
        try {
            auto at = terms.allterms_begin();
            if (!next.empty()) at.skip_to(next);
            for (; at != terms.allterms_end(); ++at) {
                next = *at;
                (all += next) += '\n';
                next += '\0';
            }
            auto lexicon = std::make_shared<Lexicon>();
            lexicon->add(all);
            lexicon_ = std::move(lexicon);
            return;
        } catch (const Xapian::DatabaseModifiedError&) {
            terms.reopen();
        }
    }
}

// Chunks only grow, and only the last one does.
void ShardMemory::read_new_terms(const Xapian::Database& snapshot) {
    for (;; ++chunk_, consumed_ = 0) {
        const auto text = snapshot.get_metadata(lexicon_key(chunk_));
        lexicon_->add(std::string_view(text).substr(std::min(consumed_, text.size())));
        consumed_ = text.size();
        if (snapshot.get_metadata(lexicon_key(chunk_ + 1)).empty()) return;
    }
}

// Octets of a chunk that an older view does not look at are written in place.
void ShardMemory::read_columns(ShardView& view, const ShardState& state) const {
    constexpr auto chunk = ShardView::chunk_columns;
    for (auto next = view.state_.documents; next < state.documents;) {
        const auto count = std::min(chunk - next % chunk, state.documents - next);
        if (next % chunk == 0) view.columns_.push_back(std::make_shared<ShardView::Chunk>());
        const auto octets = must(
            columns_.read_at(std::uint64_t{next} * column_size, std::size_t{count} * column_size));
        std::memcpy(view.columns_.back()->data() + next % chunk * column_size, octets.data(),
                    octets.size());
        next += count;
    }
}

void ShardMemory::read_slabs(ShardView& view, const ShardState& state) const {
    auto first = view.state_.in_slabs;
    for (auto offset = view.state_.slabs; offset < state.slabs;) {
        const auto size = slab_shape_size(must(slabs_->read_at(offset, slab_header_size)));
        auto shape = size ? read_slab_shape(must(slabs_->read_at(offset, *size))) : std::nullopt;
        if (!shape || shape->messages % 64 != 0)
            throw Xapian::DatabaseCorruptError("a filter's header is damaged");
        view.slabs_.push_back(
            {offset, first, std::make_shared<const SlabShape>(std::move(*shape))});
        offset += view.slabs_.back().shape->size();
        first += view.slabs_.back().shape->messages;
    }
    if (first != state.in_slabs)
        throw Xapian::DatabaseCorruptError("its filters are not those of its state");
}

void ShardMemory::read_tail(ShardView& view, const ShardState& state) const {
    auto from = view.state_.tail;
    if (state.in_slabs != view.state_.in_slabs) {
        view.tail_.clear();
        from = 0;
    }
    auto file = File::open(tail_file(folder_, state.in_slabs), OpenMode::read);
    // The writer has made a slab of it meanwhile, and committed that.
    if (!file && file.error().code == Errc::not_found)
        throw Xapian::DatabaseModifiedError("the tail is a slab by now");
    const auto octets = must(must(std::move(file)).read_at(from, state.tail - from));
    for (std::string_view rest = octets; !rest.empty();) {
        auto entries = std::make_shared<FilterEntries>();
        if (!read_entries(rest, *entries))
            throw Xapian::DatabaseCorruptError("its tail is damaged");
        view.tail_.push_back(std::move(entries));
    }
    if (view.tail_.size() != state.in_tail())
        throw Xapian::DatabaseCorruptError("its tail is not that of its state");
}

// Those that are new, from the newest back.
void ShardMemory::read_dictionaries(ShardView& view, const ShardState& state) const {
    Decompressor decompressor;
    for (auto offset = state.dictionary; offset != view.state_.dictionary;) {
        const auto octets = read_entry(texts_, offset, decompressor);
        const auto entry = octets ? decode_dictionary(*octets) : std::nullopt;
        if (!entry || entry->before >= offset || view.dictionaries_.add(entry->octets) == 0)
            throw Xapian::DatabaseCorruptError("a dictionary of the texts is damaged");
        offset = entry->before;
    }
}

}  // namespace mailhold::indexer::engine
