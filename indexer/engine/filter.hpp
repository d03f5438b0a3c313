// Filters narrow what terms cannot: text that machines make (whose words are too many and too rare
// for the lexicon), and which words stand side by side. Each such trigram or border of words is an
// entry, a hash; a message has those of all of its texts (a slab keeps them, slab.hpp), and what it
// lacks is not in it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailhold::indexer::engine {

enum class FilterKind : std::size_t {
    header,  // trigrams of machine-made words of the header fields
    body,    // likewise of bodies and names of attachments
    borders  // where two words of a body meet: the end of the one and the beginning of the other
};
inline constexpr std::size_t filter_kinds = 3;
inline constexpr std::size_t most_entries =
    65'536;  // of a kind; a message with more holds everything

// An entry's hash has coarse bits above its fine bits. Borders whose words share their nearest three
// octets differ in the fine bits and the uppermost of the coarse ones: half of these tell of the
// octet before the three, half of the one behind.
inline constexpr unsigned coarse_bits = 13;
inline constexpr unsigned fine_bits(FilterKind kind) {
    return kind == FilterKind::borders ? 6 : 4;
}
inline constexpr std::uint32_t fines(FilterKind kind) {
    return 1U << fine_bits(kind);
}
inline constexpr unsigned entry_bits(FilterKind kind) {
    return coarse_bits + fine_bits(kind);
}

// Of one message: hashes, ascending, each once.
struct FilterEntries {
    std::array<std::vector<std::uint32_t>, filter_kinds> hashes;
    std::array<bool, filter_kinds> everything{};
    bool operator==(const FilterEntries&) const = default;
};

// Collects a message's entries of one kind.
class EntryCollector {
  public:
    explicit EntryCollector(FilterKind kind) : kind_(kind) {}
    void add_trigrams(std::string_view word);
    void add_border(std::string_view before, std::string_view after);
    void finish(FilterEntries& into);  // the collector is empty afterwards

  private:
    FilterKind kind_;
    std::vector<std::uint32_t> hashes_;
    bool too_many_ = false;
};

// What a message must hold to match: of each part, one of these entries. Empty: nothing can be said.
struct FilterProbe {
    struct Entry {
        std::uint32_t coarse = 0;  // what is above the fine bits
        std::uint64_t fine = 0;    // bit f: the fine bits may be f
        auto operator<=>(const Entry&) const = default;
    };
    using Part = std::vector<Entry>;
    FilterKind kind = FilterKind::header;
    std::vector<Part> parts;
};
inline FilterProbe::Entry entry_of(FilterKind kind, std::uint32_t hash) {
    return {hash >> fine_bits(kind), std::uint64_t{1} << hash % fines(kind)};
}
// A word of fewer than three octets may be in any other.
FilterProbe trigram_probe(FilterKind kind, std::string_view word);
// Of a word that ends a needle's run and the next that begins one; `open` says that the word may go
// on at its far end, where a short one says less or too little.
FilterProbe border_probe(std::string_view before, bool before_open, std::string_view after,
                         bool after_open);
bool may_hold(const FilterEntries& entries, const FilterProbe& probe);

// Entries as the tail keeps them until their slab is full, with a CRC-32C. read_entries moves `octets`
// on; false at the end of what is whole, and for what is damaged.
std::string write_entries(const FilterEntries& entries);
bool read_entries(std::string_view& octets, FilterEntries& entries);

}  // namespace mailhold::indexer::engine
