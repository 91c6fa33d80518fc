#include "core/settings_text.hpp"

#include "core/json_text.hpp"
#include "core/settings_writer.hpp"

#include <utility>

namespace tunnelkeyd::core {

namespace {

class json_writer : public settings_writer {
public:
    void open_map(std::string_view key, bool) override { open(key, '{'); }
    void close_map() override { close('}'); }
    void open_list(std::string_view key) override { open(key, '['); }
    void close_list() override { close(']'); }
    void text(std::string_view key, std::string_view value) override { put(key, json_text(value)); }
    void word(std::string_view key, std::string_view value) override { put(key, json_text(value)); }
    void number(std::string_view key, unsigned value) override { put(key, std::to_string(value)); }
    void boolean(std::string_view key, bool value) override { put(key, value ? "true" : "false"); }

    std::string take() { return std::move(text_); }

private:
    void put(std::string_view key, std::string_view value) {
        if (!first_)
            text_ += ',';
        first_ = false;
        if (!key.empty())
            text_ += json_text(key) + ':';
        text_ += value;
    }

    void open(std::string_view key, char bracket) {
        put(key, {&bracket, 1});
        first_ = true;
    }

    void close(char bracket) {
        text_ += bracket;
        first_ = false;
    }

    std::string text_;
    bool first_ = true;  ///< nothing stands yet in the innermost map or list
};

}  // namespace

std::string settings_text(const tunnel& only) {
    json_writer out;
    write(out, only);
    return out.take();
}

std::string settings_text(const config& settings) {
    json_writer out;
    write(out, settings);
    return out.take();
}

}  // namespace tunnelkeyd::core
