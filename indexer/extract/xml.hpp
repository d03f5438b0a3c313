// XML as a stream of elements and text: the wall around libxml2's push parser. No tree, so a sheet
// of any size fits; no document type, so no entity can grow; nothing is ever loaded from elsewhere.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mailhold::indexer::extract {

class XmlAttributes {
  public:
    XmlAttributes(const unsigned char** values, int count) : values_(values), count_(count) {}
    std::string operator[](std::string_view local_name) const;  // empty where it has none

  private:
    const unsigned char** values_;
    int count_;
};

// Names are local ones, without their prefix.
struct XmlHandler {
    virtual ~XmlHandler() = default;
    virtual void start(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual void end(std::string_view name) = 0;
    virtual void text(std::string_view utf8) = 0;
};

class XmlReader {
  public:
    explicit XmlReader(XmlHandler& handler);
    ~XmlReader();
    XmlReader(const XmlReader&) = delete;
    XmlReader& operator=(const XmlReader&) = delete;

    bool feed(std::string_view octets);  // false: not well-formed, the rest is ignored
    bool finish();                       // false: that, or it ended too early

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace mailhold::indexer::extract
