#include "config/yaml_tree.hpp"

#include "config/yaml_text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <new>
#include <optional>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::config {

namespace {

constexpr std::size_t deepest = 32;
constexpr std::uint32_t largest = 5'000'000;

/// The document is well-formed and all the same not taken. Thrown through yaml-cpp's parser.
struct refusal {
    position where;
    std::string text;
};

/// Gives the scanner the text piece by piece, and no more than a bounded part of it without hearing of
/// progress. Without that, yaml-cpp's queue of tokens takes 230 bytes for each byte of a file that is one long
/// row of brackets: it looks for a ":" behind the last of them, which would make all of it a key.
class metered_buffer : public std::streambuf {
public:
    explicit metered_buffer(std::string_view text) : rest_(text) {}

    void progress() noexcept { ahead_ = 0; }
    [[nodiscard]] bool stopped() const noexcept { return stopped_; }

protected:
    int_type underflow() override {
        stopped_ = stopped_ || (ahead_ >= furthest_ahead && !rest_.empty());
        const auto piece = stopped_ ? std::string_view() : rest_.substr(0, piece_size);
        if (piece.empty())
            return traits_type::eof();
        rest_.remove_prefix(piece.size());
        ahead_ += piece.size();
        auto* begin = const_cast<char*>(piece.data());  // streambuf's get area is never written to
        setg(begin, begin, begin + piece.size());
        return traits_type::to_int_type(*begin);
    }

private:
    static constexpr std::size_t piece_size = 64 * 1024;
    static constexpr std::size_t furthest_ahead = 4 * 1024 * 1024;

    std::string_view rest_;
    std::size_t ahead_ = 0;
    bool stopped_ = false;
};

position place(const YAML::Mark& mark) {
    return {static_cast<std::uint32_t>(std::max(mark.line, 0)),
            static_cast<std::uint32_t>(std::max(mark.column, 0))};
}

}  // namespace

/// Builds the tree from yaml-cpp's events. Its own tree of nodes costs several times the scanner's time and a
/// kilobyte for each value.
class yaml_tree::builder : public YAML::EventHandler {
public:
    builder(yaml_tree& tree, metered_buffer& source) : tree_(tree), source_(source) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(begun_, true))
            throw refusal{place(mark), "a second document begins here; the configuration is one"};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        grow(add(mark, anchor, node::kind::null));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto* target = anchor < anchors_.size() ? anchors_[anchor] : nullptr;
        const auto is_open = [&](const level& each) { return each.container == target; };
        if (target == nullptr || std::any_of(open_.begin(), open_.end(), is_open))
            throw refusal{place(mark), "an alias may not stand inside of what it stands for"};
        auto& copy = make(mark, target->type);
        copy.plain = target->plain;
        copy.text = target->text;
        copy.first = target->first;
        copy.size = target->size;
        attach(copy);
        grow(copy);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_tag(mark, tag);
        auto& added = add(mark, anchor, node::kind::scalar);
        added.plain = tag == "?";
        if (!added.plain)
            last_quoted_ = &added;
        auto* bytes = static_cast<char*>(tree_.arena_.allocate(value.size() + 1, 1));
        value.copy(bytes, value.size());
        added.text = {bytes, value.size()};
        grow(added);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        refuse_tag(mark, tag);
        open(mark, anchor, node::kind::list);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        refuse_tag(mark, tag);
        open(mark, anchor, node::kind::map);
    }
    void OnMapEnd() override { close(); }

    /// Where the last value begins, of those before the source stopped.
    [[nodiscard]] position last_place() const noexcept { return last_place_; }
    /// The last text in quotes; null where there is none.
    [[nodiscard]] const node* last_quoted() const noexcept { return last_quoted_; }

private:
    struct level {
        node* container;
        node* last;
    };

    /// "?" and "!" are what yaml-cpp says where there is none; the tag itself may be a password's beginning.
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!")
            throw refusal{place(mark), "tags are not supported; put text that begins with \"!\" in quotes"};
    }

    node& make(const YAML::Mark& mark, node::kind type) {
        if (!source_.stopped())
            last_place_ = place(mark);
        source_.progress();
        if (++count_ > largest)
            throw too_large(place(mark));
        auto* made = new (tree_.arena_.allocate(sizeof(node), alignof(node))) node;
        made->type = type;
        made->where = place(mark);
        return *made;
    }

    void attach(node& added) {
        if (open_.empty()) {
            tree_.root_ = &added;
            return;
        }
        auto& [container, last] = open_.back();
        if (last == nullptr)
            container->first = &added;
        else
            last->next = &added;
        last = &added;
    }

    /// Counts a whole value into the one around it.
    void grow(const node& by) {
        if (open_.empty())
            return;
        auto& size = open_.back().container->size;
        size += by.size;
        if (size > largest)
            throw too_large(by.where);
    }

    static refusal too_large(position where) {
        return {where, "more than 5 million values, with what the aliases stand for"};
    }

    node& add(const YAML::Mark& mark, YAML::anchor_t anchor, node::kind type) {
        auto& added = make(mark, type);
        if (anchor != 0) {
            anchors_.resize(std::max(anchors_.size(), anchor + 1));
            anchors_[anchor] = &added;
        }
        attach(added);
        return added;
    }

    void open(const YAML::Mark& mark, YAML::anchor_t anchor, node::kind type) {
        if (open_.size() == deepest)
            throw refusal{place(mark), "nested too deeply"};
        open_.push_back({&add(mark, anchor, type), nullptr});
    }

    void close() {
        const auto* closed = open_.back().container;
        open_.pop_back();
        grow(*closed);
    }

    yaml_tree& tree_;
    metered_buffer& source_;
    position last_place_;
    std::vector<level> open_;
    std::vector<const node*> anchors_;  ///< by yaml-cpp's number, from 1
    const node* last_quoted_ = nullptr;
    std::uint32_t count_ = 0;
    bool begun_ = false;
};

namespace {

std::optional<refusal> parse_into(std::streambuf& bytes, YAML::EventHandler& events, std::string_view text) {
    std::istream in(&bytes);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(events)) {
        }
    } catch (const refusal& error) {
        return error;
    } catch (const YAML::Exception& error) {
        return refusal{place(error.mark), explain_syntax_error(error.msg, text, place(error.mark))};
    }
    return std::nullopt;
}

}  // namespace

void yaml_tree::parse(std::string_view text, problems& errors) {
    if (const auto bad = find_bad_character(text)) {
        errors.add(*bad, "not UTF-8 text, or a control character");
        return;
    }
    metered_buffer bytes(text);
    builder events(*this, bytes);
    auto problem = parse_into(bytes, events, text);
    if (const auto* last = events.last_quoted();
        !problem && last != nullptr && is_unclosed_quote(text, last->where))
        problem = refusal{last->where, "not valid YAML: a quote is opened here and not closed"};
    if (bytes.stopped())
        errors.add(events.last_place(),
                   "more than 4 MiB in one piece from here on; write lists and mappings on lines "
                   "of their own, not all within one pair of brackets");
    else if (problem)
        errors.add(problem->where, problem->text);
    else if (root_ == nullptr)
        root_ = new (arena_.allocate(sizeof(node), alignof(node))) node;
    if (bytes.stopped() || problem)
        root_ = nullptr;
}

}  // namespace tunnelkeyd::config
