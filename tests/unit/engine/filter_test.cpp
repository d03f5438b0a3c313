// What a filter must never deny, what it should, and how it is stored.
#include "indexer/engine/filter.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace mailhold::indexer::engine;

namespace {

std::string random_text(std::mt19937& random, std::size_t size) {
    std::string out;
    while (out.size() < size) out += static_cast<char>('A' + random() % 26);
    return out;
}

FilterEntries entries_of(std::string_view word) {
    EntryCollector collector;
    collector.add_trigrams(word);
    FilterEntries entries;
    collector.finish(entries, FilterKind::header);
    return entries;
}

bool slab_holds(const std::string& slab, std::size_t message, const FilterProbe& probe) {
    SlabShape shape;
    REQUIRE(read_slab_header(slab, shape));
    for (const auto hash : probe.hashes) {
        for (const auto row :
             rows_of(probe.kind, hash, shape.rows[static_cast<std::size_t>(probe.kind)])) {
            SlabMask mask;
            REQUIRE(read_slab_row(std::string_view(slab).substr(shape.row_offset(probe.kind, row)),
                                  mask));
            if ((mask[message / 64] >> message % 64 & 1) == 0) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("a slab denies nothing that a message holds, and most of what it does not") {
    std::mt19937 random(1);
    std::vector<std::string> words;
    std::vector<FilterEntries> messages;
    for (std::uint32_t i = 0; i < slab_messages; ++i) {
        words.push_back(random_text(random, 20 + random() % 400));
        messages.push_back(entries_of(words.back()));
    }
    words.push_back(random_text(random, 300'000));
    messages.back() = entries_of(words.back());
    words[slab_messages - 1] = words.back();
    const auto slab = make_slab(messages);
    int wrong = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto begin = random() % (words[i].size() - 10);
        const auto inside =
            trigram_probe(FilterKind::header, std::string_view(words[i]).substr(begin, 9));
        CHECK(may_hold(messages[i], inside));
        CHECK(slab_holds(slab, i, inside));
        CHECK(slab_holds(slab, i, trigram_probe(FilterKind::header, "A")));
        const auto outside = trigram_probe(FilterKind::header, random_text(random, 6));
        if (i + 1 < messages.size()) wrong += slab_holds(slab, i, outside) ? 1 : 0;
    }
    CHECK(wrong < 10);
}

TEST_CASE("a border is found where both of its words are known well enough") {
    EntryCollector collector;
    collector.add_border("INVOICE", "NUMBER");
    collector.add_border("OF", "ME");
    FilterEntries entries;
    collector.finish(entries, FilterKind::borders);
    const auto holds = [&](std::string_view a, bool open_a, std::string_view b, bool open_b) {
        return may_hold(entries, border_probe(a, open_a, b, open_b));
    };
    CHECK(holds("VOICE", true, "NUM", true));
    CHECK(holds("INVOICE", false, "NUMBER", false));
    CHECK_FALSE(holds("VOICE", true, "NUN", true));
    CHECK_FALSE(holds("OF", false, "NUMBER", false));
    CHECK(holds("OF", false, "ME", false));
    CHECK(border_probe("CE", true, "NUMBER", true).hashes.empty());
    CHECK(border_probe("INVOICE", true, "NU", true).hashes.empty());
}

TEST_CASE("a message of too many entries holds everything") {
    std::mt19937 random(3);
    EntryCollector collector;
    for (int i = 0; i < 200'000; ++i)
        collector.add_border(random_text(random, 3), random_text(random, 3));
    FilterEntries entries;
    collector.finish(entries, FilterKind::borders);
    CHECK(entries.everything[2]);
    CHECK(may_hold(entries, border_probe("ABC", false, "DEF", false)));
    CHECK(slab_holds(make_slab({entries}), 0, border_probe("ABC", false, "DEF", false)));
}

TEST_CASE("entries come back as they were written, and no part of them does") {
    auto entries = entries_of("ABCDEFGHIJ");
    entries.everything[1] = true;
    const auto octets = write_entries(entries);
    std::string_view rest = octets;
    FilterEntries read;
    REQUIRE(read_entries(rest, read));
    CHECK(rest.empty());
    CHECK(read == entries);
    for (std::size_t size = 0; size < octets.size(); ++size) {
        rest = std::string_view(octets).substr(0, size);
        CHECK_FALSE(read_entries(rest, read));
    }
}

TEST_CASE("a damaged row or header is noticed") {
    auto slab = make_slab({entries_of("ABCDEF")});
    SlabShape shape;
    SlabMask mask;
    REQUIRE(read_slab_header(slab, shape));
    REQUIRE(slab.size() == shape.size());
    slab[slab_header_size + 3] ^= 1;
    CHECK_FALSE(read_slab_row(std::string_view(slab).substr(slab_header_size), mask));
    slab[5] ^= 1;
    CHECK_FALSE(read_slab_header(slab, shape));
}
