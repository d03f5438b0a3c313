// SAX 2 of libxml2 with three callbacks. Its own limits (256 levels, 10 MB a name or value) stay on.
#include "indexer/extract/xml.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

namespace mailhold::indexer::extract {
namespace {

std::string_view view(const xmlChar* text) {
    return reinterpret_cast<const char*>(text);
}
XmlHandler& handler(void* user) {
    return *static_cast<XmlHandler*>(user);
}

void on_start(void* user, const xmlChar* name, const xmlChar*, const xmlChar*, int, const xmlChar**,
              int count, int, const xmlChar** attributes) {
    handler(user).start(view(name), XmlAttributes(attributes, count));
}
void on_end(void* user, const xmlChar* name, const xmlChar*, const xmlChar*) {
    handler(user).end(view(name));
}
void on_text(void* user, const xmlChar* text, int size) {
    handler(user).text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
}
void on_error(void*, xmlErrorPtr) {}

}  // namespace

// libxml2 gives five pointers an attribute: name, prefix, namespace, begin and end of the value.
std::string XmlAttributes::operator[](std::string_view local_name) const {
    for (int i = 0; i < count_; ++i) {
        const xmlChar** const attribute = values_ + std::ptrdiff_t{5} * i;
        if (view(attribute[0]) != local_name) continue;
        std::string value(attribute[3], attribute[4]);
        // It leaves the ampersand escaped.
        for (std::size_t at = 0; (at = value.find("&#38;", at)) != std::string::npos; ++at)
            value.replace(at, 5, "&");
        return value;
    }
    return {};
}

struct XmlReader::Parser {
    xmlSAXHandler callbacks{};
    xmlParserCtxtPtr context = nullptr;

    explicit Parser(XmlHandler& target) {
        callbacks.initialized = XML_SAX2_MAGIC;
        callbacks.startElementNs = on_start;
        callbacks.endElementNs = on_end;
        callbacks.characters = on_text;
        callbacks.cdataBlock = on_text;
        callbacks.ignorableWhitespace = on_text;
        callbacks.serror = on_error;
        context = xmlCreatePushParserCtxt(&callbacks, &target, nullptr, 0, nullptr);
        if (context == nullptr) throw std::bad_alloc();
        xmlCtxtUseOptions(context, XML_PARSE_NONET);
    }
    ~Parser() {
        xmlFreeDoc(context->myDoc);  // it makes one where a document declares entities
        xmlFreeParserCtxt(context);
    }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    bool parse(std::string_view octets, int last) {
        return xmlParseChunk(context, octets.data(), static_cast<int>(octets.size()), last) == 0;
    }
};

XmlReader::XmlReader(XmlHandler& target) : parser_(std::make_unique<Parser>(target)) {}
XmlReader::~XmlReader() = default;

bool XmlReader::feed(std::string_view octets) {
    return parser_->parse(octets, 0);
}
bool XmlReader::finish() {
    return parser_->parse({}, 1);
}

}  // namespace mailhold::indexer::extract
