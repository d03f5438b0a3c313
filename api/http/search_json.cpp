// A page of search results as JSON, for programs.
#include <boost/json.hpp>

#include "api/http/search.hpp"

namespace mailhold::http {
namespace {

namespace json = boost::json;

json::object to_value(const FoundMessage& message) {
    json::array snippet;
    for (const auto& piece : message.snippet) {
        json::object part{{"text", piece.text}};
        if (piece.hit) part["hit"] = true;
        snippet.push_back(std::move(part));
    }
    return {{"id", to_hex(message.digest)},
            {"number", number(message.number)},
            {"date", to_rfc3339(message.date.utc)},
            {"size", message.size},
            {"from", message.from},
            {"subject", message.subject},
            {"snippet", std::move(snippet)}};
}

}  // namespace

std::string to_json(const SearchPage& page) {
    json::array messages;
    for (const auto& message : page.messages) messages.push_back(to_value(message));
    json::object all{{"found", page.found}, {"shown", page.messages.size()}};
    if (!page.next.empty()) all["next"] = page.next;
    all["messages"] = std::move(messages);
    return json::serialize(all) + "\n";
}

}  // namespace mailhold::http
