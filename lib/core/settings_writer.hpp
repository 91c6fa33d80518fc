#pragma once

#include "core/config.hpp"

#include <string_view>

/// The configuration on its way out: the one place that knows under which name each field is written.
namespace tunnelkeyd::core {

/// Is told a document's fields in order. A key is "" for an item of a list. Views are valid during the call.
class settings_writer {
public:
    virtual ~settings_writer() = default;

    /// `brief`: it holds a few short values, so that it reads well on one line.
    virtual void open_map(std::string_view key, bool brief) = 0;
    virtual void close_map() = 0;
    virtual void open_list(std::string_view key) = 0;
    virtual void close_list() = 0;

    virtual void text(std::string_view key, std::string_view value) = 0;
    /// Text that nothing could take for another type: a duration, or one of a fixed set of words.
    virtual void word(std::string_view key, std::string_view value) = 0;
    virtual void number(std::string_view key, unsigned value) = 0;
    virtual void boolean(std::string_view key, bool value) = 0;
};

/// A whole configuration, as one map. Only what has no value at all is left out.
void write(settings_writer& out, const config& settings);

/// A configuration of one tunnel and its organization, as one map.
void write(settings_writer& out, const tunnel& only);

}  // namespace tunnelkeyd::core
