// Puts together what the other files read. See parse.hpp.
#include "indexer/mime/parse.hpp"

#include <algorithm>
#include <cctype>

#include "indexer/mime/charset.hpp"
#include "indexer/mime/entity.hpp"
#include "indexer/mime/envelope.hpp"
#include "indexer/mime/gmime.hpp"
#include "indexer/mime/header.hpp"
#include "indexer/mime/parameters.hpp"

namespace mailhold::indexer::mime {
namespace {

void add_envelopes(Part& part) {
    if (part.is_message()) part.envelope = make_envelope(part.children.front().fields);
    for (Part& child : part.children) add_envelopes(child);
}

// From the first line on that no base64 encoder writes.
std::string_view foreign_to_base64(std::string_view octets) {
    const auto is_foreign = [](unsigned char octet) {
        return !(std::isalnum(octet) != 0 || octet == '+' || octet == '/' || octet == '=');
    };
    for (std::size_t at = 0; at < octets.size(); at += line_length(octets, at)) {
        const auto line = octets.substr(at, line_length(octets, at));
        if (std::ranges::any_of(trim(line), is_foreign)) return octets.substr(at);
    }
    return {};
}

}  // namespace

ParsedMessage parse(std::string_view octets, const Limits& limits) {
    EntityTree tree = split_entities(octets, limits);
    ParsedMessage message;
    message.root = std::move(tree.root);
    message.damage = std::move(tree.damage);
    message.envelope = make_envelope(message.root.fields);
    add_envelopes(message.root);
    if (message.envelope.date) message.sent = decode_date(*message.envelope.date);
    return message;
}

std::string decoded_content(std::string_view octets, const Part& part) {
    return decode_transfer(octets.substr(part.body.begin, part.body.size()), part.encoding);
}

std::string decoded_text(std::string_view octets, const Part& part) {
    const std::string* charset = find_parameter(part.parameters, "charset");
    const std::string_view name = charset == nullptr ? "utf-8" : trim(*charset);
    const auto charset_name = name.substr(0, name.find_first_of(" \t"));
    auto text = to_utf8(decoded_content(octets, part), charset_name);
    if (part.encoding != "base64") return text;
    const auto rest = foreign_to_base64(octets.substr(part.body.begin, part.body.size()));
    return rest.empty() ? text : text + '\n' + to_utf8(rest, charset_name);
}

}  // namespace mailhold::indexer::mime
