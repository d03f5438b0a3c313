// See search_text.hpp.
#include "indexer/text/search_text.hpp"

#include "indexer/mime/charset.hpp"
#include "indexer/mime/describe.hpp"
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

void add_mime_header(Collected& all, const mime::HeaderField& field) {
    const std::string prefix = field.name.empty() ? "" : field.name + ": ";
    const std::string raw = mime::guess_utf8(mime::unfold(field.raw));
    all.mime_headers += prefix + raw + '\n';
    if (raw != field.value) all.mime_headers += prefix + field.value + '\n';
}

void add_text(Collected& all, std::string_view octets, const mime::Part& part) {
    const std::string text = mime::decoded_text(octets, part);
    all.body += text + '\n';
    if (part.subtype == "html") all.body += visible_text(text) + '\n';
}

// RFC 3464 2.1: blocks of header fields with blank lines between; what is no field is text.
void add_status(Collected& all, std::string_view content) {
    while (!content.empty()) {
        for (const mime::HeaderField& field : mime::read_fields(content, content.size())) {
            if (field.name.empty())
                all.body += field.value + '\n';
            else
                add_mime_header(all, field);
        }
        content.remove_prefix(mime::fields_length(content));
        content.remove_prefix(mime::line_length(content, 0));
    }
}

// The pieces joined: without the line end that closes the last one.
std::string folded(std::string_view pieces) {
    if (!pieces.empty()) pieces.remove_suffix(1);
    return fold(pieces);
}

enum class Place { root, inside, enclosed };

void collect(Collected& all, std::string_view octets, const mime::Part& part, Place place);

// Other message types hold a message, and so do message/rfc822 parts that were not looked into: at
// a limit, or sent base64-encoded against RFC 2046 5.2.1. This goes one level deep.
void add_enclosed(Collected& all, std::string_view octets, const mime::Part& part) {
    const std::string content = mime::decoded_content(octets, part);
    if (part.subtype == "delivery-status") return add_status(all, content);
    collect(all, content, mime::parse(content).root, Place::enclosed);
}

bool hides_a_message(const mime::Part& part) {
    return part.type == "message" && (part.children.empty() || part.encoding == "base64" ||
                                      part.encoding == "quoted-printable");
}

void collect(Collected& all, std::string_view octets, const mime::Part& part, Place place) {
    if (place != Place::root)
        for (const mime::HeaderField& field : part.fields) add_mime_header(all, field);
    if (!part.filename.empty()) all.filenames += fold(part.filename) + '\n';
    if (part.type == "text") add_text(all, octets, part);
    const bool hides = hides_a_message(part);
    if (hides && place != Place::enclosed)
        add_enclosed(all, octets, part);
    else if (hides && part.children.empty())
        add_text(all, octets, part);
    const Place below = hides || place == Place::enclosed ? Place::enclosed : Place::inside;
    for (const mime::Part& child : part.children) collect(all, octets, child, below);
}

}  // namespace

SearchText make_search_text(std::string_view octets, const mime::ParsedMessage& message) {
    SearchText result;
    std::string header;
    for (const mime::HeaderField& field : message.root.fields) {
        header += (field.name.empty() ? "" : field.name + ": ") + field.value + '\n';
        if (!field.name.empty())
            result.fields.push_back({mime::lower(field.name), fold(field.value)});
    }
    Collected all;
    collect(all, octets, message.root, Place::root);
    result.header = folded(header);
    result.mime_headers = folded(all.mime_headers);
    result.body = folded(all.body);
    result.filenames = std::move(all.filenames);
    result.sent = message.sent;
    return result;
}

}  // namespace mailhold::indexer::text
