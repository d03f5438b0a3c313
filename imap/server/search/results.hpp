// What SEARCH, SORT and ESEARCH return: RETURN options (RFC 4731, 5182, 5267, 6203, 9394) read, and
// results as the untagged response that carries them. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::server {

struct ReturnOptions {
    bool min = false, max = false, all = false, count = false;
    bool save = false, update = false, relevancy = false;
    std::optional<wire::PartialRange> partial;
    // Whether anything but SAVE, UPDATE and the hint CONTEXT asks for an answer.
    bool shows() const { return min || max || all || count || relevancy || partial; }
};
// The error is why the options make no sense: BAD.
std::expected<ReturnOptions, std::string> read_options(const wire::Search& search);

// `numbers` in the order of the result; for SORT that is not ascending.
enum class Form { search, sort };
struct Results {
    Form form = Form::search;
    wire::NumberKind kind = wire::NumberKind::sequence;
    std::vector<std::uint32_t> numbers;
    std::vector<std::uint8_t> scores;  // of the numbers; only for RELEVANCY
    std::optional<ModSeq> modseq{};    // the highest of what is shown (RFC 7162 3.1.5, 3.1.10)
};

// "* SEARCH 2 3" or "* SORT 3 2".
std::string plain_response(const Results& results);
// "* ESEARCH (TAG "a1") UID COUNT 2"; `where` is " MAILBOX x UIDVALIDITY 1" for RFC 7377. Empty
// where the options show nothing.
std::string extended_response(std::string_view tag, const ReturnOptions& options,
                              const Results& results, std::string_view where = {});

// Which of the results, by place in them, SAVE keeps: the ones shown, or all where ALL or COUNT or
// nothing is shown (RFC 5182 2.1, RFC 9394 3.3).
std::vector<std::size_t> saved_places(const ReturnOptions& options, std::size_t results);

// The highest mod-sequence of what is shown of the places (RFC 4731 3.2).
std::optional<ModSeq> highest_modseq(const ReturnOptions& options,
                                     std::span<const std::uint32_t> places,
                                     std::span<const store::Entry> entries);

// The part of `count` results that a range names: [begin, end).
struct Slice {
    std::size_t begin = 0, end = 0;
};
Slice slice(const wire::PartialRange& range, std::size_t count);

}  // namespace mailhold::imap::server
