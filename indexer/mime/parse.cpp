// Puts together what the other files read. See parse.hpp.
#include "indexer/mime/parse.hpp"

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
    return to_utf8(decoded_content(octets, part), name.substr(0, name.find_first_of(" \t")));
}

}  // namespace mailhold::indexer::mime
