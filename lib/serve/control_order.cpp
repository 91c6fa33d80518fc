#include "serve/control_order.hpp"

#include "core/whole_number.hpp"
#include "serve/control_json.hpp"
#include "serve/refusals.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::json;

constexpr std::size_t most_rotations = 1'000;

constexpr const char* see_page = "see docs/control.md for what each path takes";
constexpr const char* how_remedy = R"(send {"how": "installed"} or {"how": "regenerate"})";

bool is_among(std::string_view known, const std::string& name) {
    return name.find(' ') == std::string::npos && known.find(" " + name + " ") != std::string_view::npos;
}

bool read_limit(const std::string& text, std::size_t& limit) {
    limit = core::whole_number<std::size_t>(text).value_or(0);
    return limit >= 1 && limit <= most_rotations;
}

/// Nothing: it is well.
std::optional<answer> read_query(const call_target& target, order& into) {
    std::string before = " ";
    for (const auto& [name, value] : target.query) {
        if (!is_among(target.form->parameters, name) || is_among(before, name))
            return not_understood('"' + name + "\" is no parameter here, or stands there twice", see_page);
        before += name + " ";
        if (name == "limit" && !read_limit(value, into.limit))
            return not_understood("limit is no number from 1 to 1000", "write limit=100");
        if (name == "tunnel")
            into.tunnel = value;
    }
    return std::nullopt;
}

std::optional<answer> read_how(const json& fields, order& into) {
    const auto how = fields.value("how", json());
    if (how == word_of(core::resolution::regenerate))
        into.how = core::resolution::regenerate;
    else if (how != word_of(core::resolution::installed))
        return not_understood("\"how\" is neither \"installed\" nor \"regenerate\"", how_remedy);
    if (!fields.contains("number"))
        return std::nullopt;
    const auto& number = fields.at("number");
    if (!number.is_number_unsigned() || number == 0U)
        return not_understood("\"number\" is no key's number", "write it as GET /v1/pending shows it");
    into.number = number.get<std::uint64_t>();
    return std::nullopt;
}

std::optional<answer> read_body(const call_form& form, const std::string& body, order& into) {
    const auto fields = body.empty() ? json::object() : json::parse(body, nullptr, false);
    if (!fields.is_object())
        return not_understood("the body is no JSON object", see_page);
    for (const auto& [name, value] : fields.items())
        if (!is_among(form.fields, name))
            return not_understood('"' + name + "\" is no field of this body", see_page);
    return form.what == call::resolve ? read_how(fields, into) : std::nullopt;
}

}  // namespace

std::variant<order, answer> read_order(const call_target& target, const std::string& body) {
    order made{target.form->what, target.tunnel, order{}.limit, core::resolution::installed, {}};
    if (auto refused = read_query(target, made))
        return std::move(*refused);
    if (auto refused = read_body(*target.form, body, made))
        return std::move(*refused);
    return made;
}

}  // namespace tunnelkeyd::serve
