"""The web page: what merchants and maintainers see, and the routes only the page needs."""

from page.site import add_page

__all__ = ["add_page"]
