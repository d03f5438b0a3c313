// See search_text.hpp.
#include "indexer/text/search_text.hpp"

#include "indexer/mime/header.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/html.hpp"

namespace mailhold::indexer::text {
namespace {

// The texts before they are folded, pieces closed by line ends.
struct Collected {
    std::string mime_headers, body, filenames;
};

void add_mime_headers(Collected& all, const mime::Part& part) {
    for (const mime::HeaderField& field : part.fields) {
        const std::string raw = mime::unfold(field.raw);
        all.mime_headers += field.name + ": " + raw + '\n';
        if (raw != field.value) all.mime_headers += field.name + ": " + field.value + '\n';
    }
}

void add_text(Collected& all, std::string_view octets, const mime::Part& part) {
    const std::string text = mime::decoded_text(octets, part);
    all.body += text + '\n';
    if (part.subtype == "html") all.body += visible_text(text) + '\n';
}

enum class Place { root, inside };

void collect(Collected& all, std::string_view octets, const mime::Part& part, Place place);

// message/delivery-status and its like (RFC 3464) hold blocks of header fields; other message
// types, and messages sent base64-encoded against RFC 2046 5.2.1, hold a message that only decoding
// shows.
void add_enclosed(Collected& all, std::string_view octets, const mime::Part& part) {
    const std::string content = mime::decoded_content(octets, part);
    std::string_view rest = content;
    do {
        const mime::ParsedMessage block = mime::parse(rest, {.depth = 1});
        collect(all, rest, block.root, Place::inside);
        if (part.subtype != "delivery-status") return;
        rest.remove_prefix(block.root.body.begin);
    } while (!rest.empty());
}

void collect(Collected& all, std::string_view octets, const mime::Part& part, Place place) {
    if (place == Place::inside) add_mime_headers(all, part);
    if (!part.filename.empty()) all.filenames += fold(part.filename) + '\n';
    if (part.type == "text")
        add_text(all, octets, part);
    else if (part.type == "message" && part.children.empty())
        add_enclosed(all, octets, part);
    for (const mime::Part& child : part.children) collect(all, octets, child, Place::inside);
}

}  // namespace

SearchText make_search_text(std::string_view octets, const mime::ParsedMessage& message) {
    SearchText result;
    std::string header;
    for (const mime::HeaderField& field : message.root.fields) {
        result.fields.push_back({mime::lower(field.name), fold(field.value)});
        header += field.name + ": " + field.value + '\n';
    }
    Collected all;
    collect(all, octets, message.root, Place::root);
    result.header = fold(header);
    result.mime_headers = fold(all.mime_headers);
    result.body = fold(all.body);
    result.filenames = std::move(all.filenames);
    result.sent = message.sent;
    return result;
}

}  // namespace mailhold::indexer::text
