#include "config/print.hpp"

#include "core/json_text.hpp"
#include "core/settings_writer.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace tunnelkeyd::config {

namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Words that YAML 1.1 or 1.2 takes for something else than text.
bool is_special_word(std::string_view text) {
    constexpr std::string_view words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

/// Plain where no reader of YAML could take it for another type, else in double quotes, as JSON does it.
std::string scalar(std::string_view text) {
    const auto safe = std::string(letters) + "0123456789/._-:";
    const bool plain =
        !text.empty() && (letters.find(text.front()) != std::string_view::npos || text.front() == '/') &&
        text.back() != ':' && text.find_first_not_of(safe) == std::string_view::npos && !is_special_word(text);
    if (plain)
        return std::string(text);
    return core::json_text(text);
}

/// Block style, two spaces a level; brief maps on one line.
class yaml_writer : public core::settings_writer {
public:
    void open_map(std::string_view key, bool brief) override {
        if (key.empty()) {
            if (brief)
                open_brief_item();
            else
                open_item();
            return;
        }
        begin(key);
        if (brief || on_one_line()) {
            open_line(on_one_line() ? "{" : " {");
        } else {
            text_ += '\n';
            levels_.push_back(level::block);
            ++depth_;
        }
    }

    void close_map() override {
        if (on_one_line())
            return close_line('}');
        if (levels_.back() == level::block)
            --depth_;
        levels_.pop_back();
    }

    void open_list(std::string_view key) override {
        begin(key);
        if (on_one_line())
            return open_line("[");
        list_begins_ = text_.size();
        depth_ += 2;
    }

    void close_list() override {
        if (on_one_line())
            return close_line(']');
        if (text_.size() == list_begins_)
            text_ += " []\n";
        depth_ -= 2;
    }

    void text(std::string_view key, std::string_view value) override { put(key, scalar(value)); }
    void word(std::string_view key, std::string_view value) override { put(key, value); }
    void number(std::string_view key, unsigned value) override { put(key, std::to_string(value)); }
    void boolean(std::string_view key, bool value) override { put(key, value ? "true" : "false"); }

    std::string take() { return std::move(text_); }

private:
    enum class level { item, block, line };

    [[nodiscard]] bool on_one_line() const { return !levels_.empty() && levels_.back() == level::line; }

    void begin_list() {
        if (text_.size() == list_begins_ && !text_.empty())
            text_ += '\n';
    }

    void open_line(std::string_view bracket) {
        text_ += bracket;
        levels_.push_back(level::line);
        first_ = true;
    }

    void close_line(char bracket) {
        levels_.pop_back();
        text_ += bracket;
        if (!on_one_line())
            text_ += '\n';
        first_ = false;
    }

    /// An item of a list, on one line.
    void open_brief_item() {
        begin_list();
        text_.append(2 * depth_ - 2, ' ');
        open_line("- {");
    }

    /// The document itself, or an item of a list.
    void open_item() {
        begin_list();
        dash_ = depth_ > 0;
        levels_.push_back(level::item);
    }

    void begin(std::string_view key) {
        if (on_one_line()) {
            text_.append(std::exchange(first_, false) ? "" : ", ").append(key).append(key.empty() ? "" : ": ");
            return;
        }
        text_.append(2 * depth_, ' ');
        if (std::exchange(dash_, false))
            text_[text_.size() - 2] = '-';
        text_.append(key) += ':';
    }

    void put(std::string_view key, std::string_view value) {
        begin(key);
        if (on_one_line())
            text_ += value;
        else
            text_.append(" ").append(value) += '\n';
    }

    std::string text_;
    std::vector<level> levels_;
    std::size_t depth_ = 0;
    std::size_t list_begins_ = 0;
    bool dash_ = false;   ///< the next key is an item's first
    bool first_ = false;  ///< the next key is the first on this line
};

}  // namespace

std::string print(const core::config& settings) {
    yaml_writer out;
    write(out, settings);
    return out.take();
}

}  // namespace tunnelkeyd::config
