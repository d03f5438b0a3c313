// Filters narrow what terms cannot: text that machines make (whose words are too many and too rare
// for the lexicon), and which words stand side by side. A slab holds those of 512 messages: for each
// kind a Bloom filter a message, turned on its side, so that row r has bit r of all of them and a
// question reads the rows of its entries only.
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

// Of one message: hashes, ascending, each once.
struct FilterEntries {
    std::array<std::vector<std::uint32_t>, filter_kinds> hashes;
    std::array<bool, filter_kinds> everything{};
    bool operator==(const FilterEntries&) const = default;
};

// Collects a message's entries of one kind.
class EntryCollector {
  public:
    void add_trigrams(std::string_view word);
    void add_border(std::string_view before, std::string_view after);
    void finish(FilterEntries& into, FilterKind kind);  // the collector is empty afterwards

  private:
    std::vector<std::uint32_t> hashes_;
    bool too_many_ = false;
};

// What a message must hold to match. Empty: nothing can be said.
struct FilterProbe {
    FilterKind kind = FilterKind::header;
    std::vector<std::uint32_t> hashes;
};
// A word of fewer than three octets may be in any other.
FilterProbe trigram_probe(FilterKind kind, std::string_view word);
// Of a word that ends a needle's run and the next that begins one; `open` says that the word may go
// on at its far end, where a short one says too little.
FilterProbe border_probe(std::string_view before, bool before_open, std::string_view after,
                         bool after_open);
bool may_hold(const FilterEntries& entries, const FilterProbe& probe);

inline constexpr std::uint32_t slab_messages = 512;
using SlabMask = std::array<std::uint64_t, slab_messages / 64>;  // bit i: message i of the slab

// A slab as it is stored. Its header says how many rows each kind has; each row is followed by its
// CRC-32C.
std::string make_slab(const std::vector<FilterEntries>& messages);
inline constexpr std::size_t slab_header_size = 20;
inline constexpr std::size_t slab_row_size = slab_messages / 8 + 4;
struct SlabShape {
    std::array<std::uint32_t, filter_kinds> rows{};
    std::size_t size() const {
        return slab_header_size + (std::size_t{rows[0]} + rows[1] + rows[2]) * slab_row_size;
    }
    std::size_t row_offset(FilterKind kind, std::uint32_t row) const;  // from the slab's begin
};
bool read_slab_header(std::string_view octets, SlabShape& shape);  // false: damaged
bool read_slab_row(std::string_view octets, SlabMask& row);        // likewise
// The rows that an entry stands in.
std::vector<std::uint32_t> rows_of(FilterKind kind, std::uint32_t hash, std::uint32_t rows);

// Entries as the tail keeps them until their slab is full. read_entries moves `octets` on; false at
// the end of what is whole.
std::string write_entries(const FilterEntries& entries);
bool read_entries(std::string_view& octets, FilterEntries& entries);

}  // namespace mailhold::indexer::engine
