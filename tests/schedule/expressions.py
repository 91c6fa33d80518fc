"""Random cron expressions, and what they mean by Debian's crontab(5)."""

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "sun mon tue wed thu fri sat".split()
ALL_DAYS = [set(range(1, 32)), set(range(7))]


class Field:
    """One field. `items` are its (first, last, step), `text` is how it is written."""

    def __init__(self, chance, least, most, names=(), likely_star=0.4):
        self.least, self.most, self.items, words = least, most, [], []
        if chance.random() < likely_star:
            self.items, words = [(least, most, 1)], ["*"]
        while not words or chance.random() < 0.25:
            kind = chance.randrange(4)
            first = chance.randint(least, most)
            last = chance.randint(first, most)
            step = chance.randint(1, 6)

            def word(value):
                name = names[value - least] if names and chance.random() < 0.3 else str(value)
                return chance.choice([name, name.upper(), name.capitalize()])

            if kind == 0:
                self.items.append((first, first, 1))
                words.append(word(first))
            elif kind == 1:
                self.items.append((first, last, 1))
                words.append(f"{word(first)}-{word(last)}")
            elif kind == 2:
                self.items.append((first, last, step))
                words.append(f"{word(first)}-{word(last)}/{step}")
            else:
                self.items.append((least, most, step))
                words.append(f"*/{step}")
        self.text = ",".join(words)

    def values(self):
        return {value for first, last, step in self.items for value in range(first, last + 1, step)}

    def begins_with_star(self):
        return self.text[0] == "*"


class Expression:
    def __init__(self, chance):
        self.minute = Field(chance, 0, 59, likely_star=0.1)
        self.hour = Field(chance, 0, 23, likely_star=0.2)
        self.day = Field(chance, 1, 31)
        self.month = Field(chance, 1, 12, MONTHS, likely_star=0.6)
        self.weekday = Field(chance, 0, 6, WEEKDAYS)

    def text(self):
        fields = self.minute, self.hour, self.day, self.month, self.weekday
        return " ".join(field.text for field in fields)

    def either_day(self):
        return not self.day.begins_with_star() and not self.weekday.begins_with_star()

    def names_all(self):
        """Which of the two day fields allow every day, however they are written."""
        return [field.values() == full for field, full in zip((self.day, self.weekday), ALL_DAYS)]


    def has_no_such_day(self):
        """30 February, 31 April and the like: none of the months has one of the days."""
        longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return all(min(self.day.values()) > longest[month - 1] for month in self.month.values())

    def never_comes(self):
        return not self.either_day() and self.has_no_such_day()
