// Queries, and digest prefixes.
#include "api/cli/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/config/check.hpp"
#include "indexer/pipeline/searcher.hpp"

namespace mailhold::cli {

Result<std::vector<Hit>> select(const store::ArchiveReader& archive, std::string_view text,
                                const indexer::text::Extractor& extractor) {
    const auto query = http::read_query(text);
    if (!query) return std::unexpected(query.error());
    const indexer::pipeline::Searcher searcher(archive, {extractor, true});
    return http::find(archive, searcher, *query);
}

std::string short_id(const Digest& digest) {
    return to_hex(digest).substr(0, id_digits);
}

Result<store::StoredMessage> find_message(const store::ArchiveReader& archive,
                                          std::string_view id) {
    constexpr std::size_t number_digits = 9, fewest_digits = 4, batch = 10'000,
                          most_candidates = 10;
    std::uint32_t number = 0;
    auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    bool is_number =
        id.size() <= number_digits && error == std::errc{} && end == id.data() + id.size();
    if (auto digest = digest_from_hex(id); digest || is_number) {
        auto message = digest ? archive.find(*digest) : archive.message(MessageNumber{number});
        if (!message && message.error().code == Errc::not_found)
            return fail(Errc::not_found, fmt::format("there is no message {}", id));
        return message;
    }
    auto prefix = config::lower_case(id);
    if (prefix.size() < fewest_digits || prefix.size() > 64 ||
        prefix.find_first_not_of("0123456789abcdef") != std::string::npos)
        return fail(
            Errc::invalid,
            fmt::format("\"{}\" is neither a message's number nor {} or more digits of its digest; "
                        "`mailhold search` prints both",
                        id, fewest_digits));
    std::vector<store::StoredMessage> found;
    std::uint32_t first = 1;
    while (true) {
        auto messages = archive.messages(MessageNumber{first}, batch);
        if (!messages) return std::unexpected(messages.error());
        if (messages->empty()) break;
        for (const auto& message : *messages)
            if (to_hex(message.digest).starts_with(prefix)) found.push_back(message);
        first = mailhold::number(messages->back().number) + 1;
    }
    if (found.empty())
        return fail(Errc::not_found, fmt::format("no message's digest begins with {}", prefix));
    if (found.size() == 1) return found.front();
    auto text = fmt::format("{} messages begin with {}; give more digits:", found.size(), prefix);
    for (std::size_t i = 0; i < std::min(found.size(), most_candidates); ++i)
        text += fmt::format("\n  {}  message {}", to_hex(found[i].digest),
                            mailhold::number(found[i].number));
    return fail(Errc::exists, text);
}

}  // namespace mailhold::cli
