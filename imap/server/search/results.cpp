#include "imap/server/search/results.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "imap/wire/encode.hpp"

namespace mailhold::imap::server {
namespace {

// RFC 5267 3.2: a range is no shorter word for sorted numbers, whose order it would hide.
std::string numbers_text(const Results& results, Slice part) {
    const std::vector<std::uint32_t> numbers(
        results.numbers.begin() + static_cast<std::ptrdiff_t>(part.begin),
        results.numbers.begin() + static_cast<std::ptrdiff_t>(part.end));
    if (results.form == Form::sort) return fmt::to_string(fmt::join(numbers, ","));
    return wire::set_text(wire::set_of(numbers));
}

}  // namespace

std::expected<ReturnOptions, std::string> read_options(const wire::Search& search) {
    ReturnOptions options;
    for (const std::string& option : search.returns) {
        if (option == "MIN")
            options.min = true;
        else if (option == "MAX")
            options.max = true;
        else if (option == "ALL")
            options.all = true;
        else if (option == "COUNT")
            options.count = true;
        else if (option == "SAVE")
            options.save = true;
        else if (option == "UPDATE")
            options.update = true;
        else if (option == "RELEVANCY")
            options.relevancy = true;
        else if (option != "CONTEXT")  // RFC 5267 4.2: a hint, which changes no answer
            return std::unexpected("Unknown return option");
    }
    options.partial = search.partial;
    // RFC 9394 3.1.
    if (options.partial && options.all)
        return std::unexpected("ALL and PARTIAL exclude each other");
    // RFC 4731 3.1: RETURN () means ALL. RFC 6203 4: scores are those of the messages beside them.
    const bool nothing = !options.shows() && !options.save && !options.update;
    if ((search.extended && nothing) || (options.relevancy && !options.partial)) options.all = true;
    return options;
}

std::string plain_response(const Results& results) {
    std::string text = results.form == Form::sort ? "* SORT" : "* SEARCH";
    for (const std::uint32_t number : results.numbers)
        fmt::format_to(std::back_inserter(text), " {}", number);
    if (results.modseq)
        fmt::format_to(std::back_inserter(text), " (MODSEQ {})", number(*results.modseq));
    return text + "\r\n";
}

std::string extended_response(std::string_view tag, const ReturnOptions& options,
                              const Results& results, std::string_view where) {
    if (!options.shows()) return {};
    const auto& numbers = results.numbers;
    std::string text = fmt::format("* ESEARCH (TAG {}{})", wire::string_text(tag), where);
    auto end = std::back_inserter(text);
    if (results.kind == wire::NumberKind::uid) text += " UID";
    // RFC 4731 3.1: MIN, MAX and ALL are left out where nothing was found.
    if (!numbers.empty()) {
        if (options.min) fmt::format_to(end, " MIN {}", numbers.front());
        if (options.max) fmt::format_to(end, " MAX {}", numbers.back());
        if (options.all) fmt::format_to(end, " ALL {}", numbers_text(results, {0, numbers.size()}));
    }
    if (options.count) fmt::format_to(end, " COUNT {}", numbers.size());
    Slice shown{0, options.all ? numbers.size() : 0};
    if (options.partial) {
        shown = slice(*options.partial, numbers.size());
        fmt::format_to(end, " PARTIAL ({} {})", wire::range_text(*options.partial),
                       shown.begin == shown.end ? "NIL" : numbers_text(results, shown));
    }
    // RFC 6203 4: one score a message, in the order of the messages.
    if (options.relevancy && shown.begin != shown.end) {
        const std::span scores(results.scores);
        fmt::format_to(end, " RELEVANCY ({})",
                       fmt::join(scores.subspan(shown.begin, shown.end - shown.begin), " "));
    }
    if (results.modseq) fmt::format_to(end, " MODSEQ {}", number(*results.modseq));
    return text + "\r\n";
}

std::vector<std::size_t> saved_places(const ReturnOptions& options, std::size_t results) {
    if (results == 0) return {};
    std::set<std::size_t> kept;
    const bool whole =
        options.all || options.count || !(options.min || options.max || options.partial);
    const auto part = whole             ? Slice{0, results}
                      : options.partial ? slice(*options.partial, results)
                                        : Slice{};
    for (auto place = part.begin; place < part.end; ++place) kept.insert(place);
    if (options.min) kept.insert(0);
    if (options.max) kept.insert(results - 1);
    return {kept.begin(), kept.end()};
}

std::optional<ModSeq> highest_modseq(const ReturnOptions& options,
                                     std::span<const std::uint32_t> places,
                                     std::span<const store::Entry> entries) {
    std::optional<ModSeq> highest;
    for (const auto i : saved_places(options, places.size()))
        highest = std::max(highest.value_or(ModSeq{}), entries[places[i]].modseq);
    return highest;
}

Slice slice(const wire::PartialRange& range, std::size_t count) {
    const std::size_t first = std::min<std::size_t>(range.first - 1, count);
    const std::size_t last = std::min<std::size_t>(range.last, count);
    if (range.from_end) return {count - last, count - first};
    return {first, last};
}

}  // namespace mailhold::imap::server
