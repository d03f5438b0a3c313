// What a filter must never deny, what it should, and how it is stored.
#include "indexer/engine/slab.hpp"

#include <catch2/catch.hpp>

#include <random>

#include "indexer/engine/rice.hpp"

using namespace mailhold::indexer::engine;

namespace {

std::string random_text(std::mt19937& random, std::size_t size) {
    std::string out;
    while (out.size() < size) out += static_cast<char>('A' + random() % 26);
    return out;
}

FilterEntries entries_of(std::string_view word) {
    EntryCollector collector(FilterKind::header);
    collector.add_trigrams(word);
    FilterEntries entries;
    collector.finish(entries);
    return entries;
}

bool slab_holds(const std::string& slab, std::size_t message, const FilterProbe& probe) {
    const auto shape = read_slab_shape(slab);
    REQUIRE(shape);
    for (const auto& part : probe.parts) {
        SlabMask mask{};
        for (const auto& entry : part) {
            const auto place = shape->group_of(probe.kind, entry.coarse);
            REQUIRE(shape->read_group(std::string_view(slab).substr(place.offset, place.size),
                                      entry.fine, mask));
        }
        if ((mask[message / 64] >> message % 64 & 1) == 0) return false;
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
    EntryCollector collector(FilterKind::borders);
    collector.add_border("INVOICE", "NUMBER");
    collector.add_border("OF", "ME");
    FilterEntries entries;
    collector.finish(entries);
    const auto holds = [&](std::string_view a, bool open_a, std::string_view b, bool open_b) {
        return may_hold(entries, border_probe(a, open_a, b, open_b));
    };
    CHECK(holds("VOICE", true, "NUM", true));
    CHECK(holds("INVOICE", false, "NUMBER", false));
    CHECK_FALSE(holds("VOICE", true, "NUN", true));
    CHECK_FALSE(holds("OF", false, "NUMBER", false));
    CHECK(holds("OF", false, "ME", false));
    CHECK(holds("ICE", true, "NUM", true));
    CHECK(holds("ICE", true, "NUMBER", true));
    CHECK(holds("INVOICE", true, "NUM", true));
    CHECK(border_probe("CE", true, "NUMBER", true).parts.empty());
    CHECK(border_probe("INVOICE", true, "NU", true).parts.empty());
}

TEST_CASE("words that are alike next to a border are told apart by the letters behind") {
    std::mt19937 random(11);
    EntryCollector collector(FilterKind::borders);
    collector.add_border("INVOICE", "NUMBER");
    FilterEntries entries;
    collector.finish(entries);
    int before = 0, after = 0;
    for (int i = 0; i < 400; ++i) {
        const auto other = random_text(random, 2);
        before += may_hold(entries, border_probe(other + "ICE", true, "NUMBER", true)) ? 1 : 0;
        after += may_hold(entries, border_probe("VOICE", true, "NUM" + other, true)) ? 1 : 0;
    }
    CHECK(before < 40);  // of 26 letters each stands in one of so many
    CHECK(after < 40);
}

TEST_CASE("a message of too many entries holds everything") {
    std::mt19937 random(3);
    EntryCollector collector(FilterKind::borders);
    for (int i = 0; i < 200'000; ++i)
        collector.add_border(random_text(random, 6), random_text(random, 6));
    FilterEntries entries;
    collector.finish(entries);
    CHECK(entries.everything[2]);
    CHECK(may_hold(entries, border_probe("ABC", false, "DEF", false)));
    CHECK(slab_holds(make_slab(std::vector{entries}), 0, border_probe("ABC", false, "DEF", false)));
}

TEST_CASE("entries come back as they were written; no part of them does, nor what is damaged") {
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
    for (std::size_t bit = 0; bit < 8 * octets.size(); ++bit) {
        auto damaged = octets;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
        rest = damaged;
        CHECK_FALSE(read_entries(rest, read));
    }
}

TEST_CASE("numbers come back from their codes, however far apart") {
    std::mt19937 random(5);
    for (unsigned low = 0; low < 21; ++low) {
        std::vector<std::uint32_t> numbers;
        std::uint32_t next = 0;
        for (int i = 0; i < 500; ++i) {
            next += random() % (2U << low);
            numbers.push_back(next++);
        }
        RiceWriter writer(low);
        for (const auto number : numbers) writer.add(number);
        const auto octets = writer.finish();
        CHECK((rice_bits(numbers, low) + 7) / 8 == octets.size());
        RiceReader reader(octets, low);
        std::vector<std::uint32_t> read;
        for (std::uint32_t number = 0; reader.next(number);) read.push_back(number);
        CHECK(read == numbers);
        CHECK(reader.octets_read() == octets.size());
    }
}

TEST_CASE("a row of many messages is as exact as one of few") {
    std::vector<FilterEntries> messages(slab_messages);
    for (std::uint32_t i = 0; i < slab_messages; ++i) {
        EntryCollector collector(FilterKind::borders);
        if (i % 2 == 0) collector.add_border("EVEN", "NUMBER");
        if (i % 7 == 0) collector.add_border("SEVENTH", "NUMBER");
        if (i == 1000) collector.add_border("THOUSANDTH", "NUMBER");
        collector.finish(messages[i]);
    }
    const auto slab = make_slab(messages);
    const auto count = [&](std::string_view word) {
        std::uint32_t sum = 0;
        for (std::uint32_t i = 0; i < slab_messages; ++i)
            sum += slab_holds(slab, i, border_probe(word, false, "NUMBER", false)) ? 1 : 0;
        return sum;
    };
    CHECK(count("EVEN") == 512);
    CHECK(count("SEVENTH") == 147);
    CHECK(count("THOUSANDTH") == 1);
}

TEST_CASE("each flipped bit of a slab is noticed") {
    const auto whole = make_slab(std::vector{entries_of("ABCDEF"), entries_of("CDEFGH")});
    const auto is_whole = [](const std::string& slab) {
        const auto shape = read_slab_shape(slab);
        if (!shape || shape->size() != slab.size()) return false;
        for (std::size_t kind = 0, index = 0; kind < filter_kinds; ++kind) {
            for (std::uint32_t group = 0; group < shape->groups[kind]; ++group, ++index) {
                const auto begin = index == 0 ? shape->first : shape->ends[index - 1];
                const auto octets = slab.substr(begin, shape->ends[index] - begin);
                SlabMask mask{};
                if (!shape->read_group(octets, 0xffff, mask)) return false;
            }
        }
        return true;
    };
    CHECK(is_whole(whole));
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        auto slab = whole;
        slab[bit / 8] = static_cast<char>(slab[bit / 8] ^ 1 << bit % 8);
        if (is_whole(slab)) FAIL("bit " << bit);
    }
}
