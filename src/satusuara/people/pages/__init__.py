"""The pages of this chapter, and the gate that every request of the site goes through."""
